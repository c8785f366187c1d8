import { randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { updateOne } from "@outgraph/client";
import type { Call, Language, Outcome, Runners } from "@outgraph/contract/runners";
import { inWords } from "@outgraph/contract/runners";
import {
  AppendRequestSchema,
  accumulate,
  type Entry,
  EntrySchema,
  newEntryId,
  node,
} from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import type { WireProxy } from "@outgraph/stack";
import { PATIENCE_MS, type Stage } from "./stage.ts";
import { uriOver } from "./wires.ts";

/** How one language appends. */
interface Speaker {
  readonly language: Language;
  readonly asyncio?: true;
  readonly by: "writer" | "client";
}

/** What came of the calls of one. */
export interface Ambiguous {
  readonly who: string;
  /** Calls that could not know from their first answers whether they had committed. */
  readonly calls: number;
  readonly duplicates: number;
  readonly wrong: readonly string[];
}

/** Every language, by its in-transaction writer and by its client of the service. */
export const SPEAKERS: readonly Speaker[] = [
  { language: "Python", by: "writer" },
  { language: "Python", asyncio: true, by: "writer" },
  { language: "Go", by: "writer" },
  { language: "TypeScript", by: "writer" },
  { language: "Python", by: "client" },
  { language: "Python", asyncio: true, by: "client" },
  { language: "Go", by: "client" },
  { language: "TypeScript", by: "client" },
];

/** How often the reply to one commit is lost: more than a driver asks again by itself. */
const LOSSES = 2;

/**
 * Has every language append so many times, each time under a wire that loses what would tell it the
 * outcome: of a commit by turns the replies and the requests, of an append RPC the reply.
 */
export async function polyglot(
  stage: Stage,
  runners: Runners,
  calls: number,
  onTold: (told: Ambiguous) => void = () => {},
  speakers: readonly Speaker[] = SPEAKERS,
): Promise<readonly Ambiguous[]> {
  const db = stage.truth.mongo.db(stage.servers.database);
  for (const name of ["told", "counts"]) await db.createCollection(name);
  const all: Ambiguous[] = [];
  for (const speaker of speakers) {
    const told = await speak(stage, runners, speaker, calls);
    all.push(told);
    onTold(told);
  }
  return all;
}

async function speak(
  stage: Stage,
  runners: Runners,
  speaker: Speaker,
  calls: number,
): Promise<Ambiguous> {
  const { language, asyncio, by } = speaker;
  const who = `${language}'s ${by}${asyncio ? " of asyncio" : ""}`;
  const entries = Array.from({ length: calls }, () => entryOf(who));
  const { outcomes, ambiguous } =
    by === "writer"
      ? await throughWriter(stage, runners, speaker, entries)
      : await throughClient(stage, runners, speaker, entries, who);
  const wrong = outcomes.flatMap((outcome, i) =>
    outcome.kind === "committed" ? [] : [`${who}: call ${i}: ${inWords(outcome)}`],
  );
  if (ambiguous !== calls) wrong.push(`${who}: ${ambiguous} of ${calls} calls were ambiguous`);
  const seen = await seenOf(stage, who, entries);
  const duplicates = seen.length - new Set(seen).size;
  if (duplicates > 0) wrong.push(`${who}: ${duplicates} effects came twice`);
  for (const { id } of entries) {
    if (!seen.includes(id)) wrong.push(`${who}: entry ${id} is not in the graph`);
  }
  wrong.push(...(await documentsWrong(stage, speaker, entries, who)));
  return { who, calls: ambiguous, duplicates, wrong };
}

function entryOf(who: string): Entry {
  const id = newEntryId();
  const mutations = [accumulate(node("Speaker", { id: who }), { append: { seen: [id] } })];
  return create(EntrySchema, { id, source: "wire", events: [{ type: "wire.v1.Said", mutations }] });
}

interface Spoken {
  readonly outcomes: readonly Outcome[];
  readonly ambiguous: number;
}

async function throughWriter(
  { servers, wires }: Stage,
  runners: Runners,
  { language, asyncio }: Speaker,
  entries: readonly Entry[],
): Promise<Spoken> {
  const [wire] = wires["writer-mongodb"] as [WireProxy];
  let left = 0;
  let ambiguous = 0;
  using _begins = wire.onRequest(
    ({ name, subject }) => name === "insert" && subject === COLLECTION.entries,
    () => {
      left = LOSSES;
      return undefined;
    },
  );
  using _commits = wire.onRequest(
    ({ name, transaction }) =>
      name === "commitTransaction" && transaction.includes(`insert ${COLLECTION.entries}`),
    () => {
      if (left === 0) return "deliver";
      if (left === LOSSES) ambiguous += 1;
      left -= 1;
      return ambiguous % 2 === 0 ? "lose_request" : "lose_reply";
    },
  );
  const outcome = await runners[language].ask({
    kind: "transact",
    writer: {
      mongodbUri: uriOver(servers.mongodbUri, wire),
      database: servers.database,
      ...(asyncio && { asyncio }),
    },
    entries: entries.map((entry) => base64(toBinary(EntrySchema, entry))),
  });
  return { outcomes: outcome.kind === "many" ? outcome.many : [outcome], ambiguous };
}

async function throughClient(
  { wires, appendUrl }: Stage,
  runners: Runners,
  { language, asyncio }: Speaker,
  entries: readonly Entry[],
  who: string,
): Promise<Spoken> {
  const [wire] = wires["append-rpc"] as [WireProxy];
  const lost = new Set<string>();
  using _replies = wire.onRequest(
    ({ bytes }) => entries.some(({ id }) => !lost.has(id) && bytes.includes(id)),
    ({ bytes }) => {
      for (const { id } of entries) if (bytes.includes(id)) lost.add(id);
      return "lose_reply";
    },
  );
  const client = {
    ...{ name: randomBytes(4).toString("hex"), url: appendUrl, protocol: "connect" as const },
    ...{ timeoutMs: PATIENCE_MS, attemptTimeoutMs: 10_000, delayMsMin: 20 },
    ...(asyncio && { asyncio }),
  };
  const outcomes: Outcome[] = [];
  for (const entry of entries) {
    const call: Call = { kind: "append", client, request: base64(requestOf(entry, who)) };
    outcomes.push(await runners[language].ask(call));
  }
  await runners[language].ask({ kind: "close", client });
  return { outcomes, ambiguous: lost.size };
}

/** The entry, and a document that counts appends. */
function requestOf(entry: Entry, who: string): Uint8Array {
  const writes = [updateOne("counts", { _id: who }, { $inc: { n: 1 } }, { upsert: true })];
  return toBinary(AppendRequestSchema, create(AppendRequestSchema, { entry, writes }));
}

/** What the speaker's node has seen, once the newest entry is acked. */
async function seenOf(
  { truth }: Stage,
  who: string,
  entries: readonly Entry[],
): Promise<readonly string[]> {
  const { watcher, graph } = truth;
  await watcher.until(() => entries.every(({ id }) => watcher.lagMs.has(id)), PATIENCE_MS);
  const cypher = "MATCH (n:Speaker {id: $who}) RETURN n.seen AS seen";
  const { records } = await graph.executeQuery(cypher, { who });
  return (records[0]?.get("seen") as string[] | undefined) ?? [];
}

async function documentsWrong(
  { truth, servers }: Stage,
  { by }: Speaker,
  entries: readonly Entry[],
  who: string,
): Promise<string[]> {
  const db = truth.mongo.db(servers.database);
  if (by === "writer") {
    const ids = entries.map(({ id }) => id) as never[];
    const there = await db.collection("told").countDocuments({ _id: { $in: ids } });
    return there === entries.length ? [] : [`${who}: ${there} documents of ${entries.length}`];
  }
  const counted = await db.collection<{ _id: string; n: number }>("counts").findOne({ _id: who });
  return counted?.n === entries.length
    ? []
    : [`${who}: the document counts ${counted?.n} of ${entries.length}`];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
