import { insertOne, type OutgraphClient } from "@outgraph/client";
import type { Work } from "./work.ts";

/** @returns the ids, when all are committed. */
export async function appended(client: OutgraphClient, works: readonly Work[]): Promise<string[]> {
  const inputs = works.map((work) => ({
    writes: work.map(({ collection, document }) => insertOne(collection, document)),
    events: [{ type: "bench.v1.Seen", mutations: work.flatMap(({ mutations }) => mutations()) }],
  }));
  const [only, ...others] = inputs;
  if (only !== undefined && others.length === 0) return [(await client.append(only)).entryId];
  return (await client.appendMany(inputs)).map((outcome) => {
    if (outcome instanceof Error) throw outcome;
    return outcome.entryId;
  });
}

/** Resolves when these are in the graph. @throws when one will not be. */
export async function applied(client: OutgraphClient, ids: readonly string[]): Promise<void> {
  const { entries } = await client.waitApplied(ids, { timeoutMs: 60_000 });
  const other = entries.find(({ state }) => state !== "applied");
  if (other !== undefined) throw new Error(`${other.id} is ${other.state}`);
}
