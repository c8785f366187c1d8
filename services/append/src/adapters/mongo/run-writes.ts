import type { DocumentResult } from "@outgraph/events";
import type { ClientSession, Document, MongoClient } from "mongodb";
import type { CheckedWrite } from "../../checked-write.ts";
import { BSON, inserted, runWrite } from "./run-write.ts";

/** Writes that go to the server in one command: inserts into one collection, or a single write. */
export interface Command {
  readonly writes: readonly CheckedWrite[];
  /** Where each stands among all the writes. */
  readonly places: readonly number[];
}

/**
 * Puts writes into as few commands as give each its own result.
 *
 * In each collection they keep their order. Across collections they do not: no write looks at
 * another collection, and all of them become visible at once.
 */
export function commandsOf(writes: readonly CheckedWrite[]): readonly Command[] {
  const commands: { writes: CheckedWrite[]; places: number[] }[] = [];
  const open = new Map<string, { writes: CheckedWrite[]; places: number[] }>();
  for (const [place, write] of writes.entries()) {
    const collection = `${write.database}.${write.collection}`; // a database's name has no dot
    const last = open.get(collection);
    if (last !== undefined && write.operation.kind === "insertOne") {
      last.writes.push(write);
      last.places.push(place);
      continue;
    }
    const command = { writes: [write], places: [place] };
    commands.push(command);
    if (write.operation.kind === "insertOne") open.set(collection, command);
    else open.delete(collection);
  }
  return commands;
}

/**
 * Does the document writes of a group in the session's transaction, as if one after another.
 *
 * @param timeLeftMs how long the server may still take, asked before each command, so that a slow
 *   write ends, and with it the transaction that others would wait for.
 * @returns what each did.
 * @throws Refused when another number of documents matched than was expected.
 * @throws whatever the driver threw; whose write it was is not told.
 */
export async function runWrites(
  client: MongoClient,
  session: ClientSession,
  writes: readonly CheckedWrite[],
  timeLeftMs: () => number,
): Promise<DocumentResult[]> {
  const results: DocumentResult[] = new Array(writes.length);
  for (const { writes: batch, places } of commandsOf(writes)) {
    const maxTimeMS = timeLeftMs();
    const [first] = batch as [CheckedWrite];
    if (batch.length === 1) {
      results[places[0] as number] = await runWrite(client, session, first, maxTimeMS);
      continue;
    }
    const documents = batch.map(({ operation }) => (operation as { document: Document }).document);
    const collection = client.db(first.database).collection(first.collection, BSON);
    const { insertedIds } = await collection.insertMany(documents, { session, maxTimeMS });
    for (const [i, place] of places.entries()) results[place] = inserted(insertedIds[i]);
  }
  return results;
}
