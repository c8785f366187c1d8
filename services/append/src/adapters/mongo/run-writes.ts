import type { DocumentResult } from "@outgraph/events";
import type { AnyBulkWriteOperation, ClientSession, Document, MongoClient } from "mongodb";
import type { CheckedWrite } from "../../checked-write.ts";
import { type Command, commandsOf } from "./commands.ts";
import { BSON, deleted, inserted, requireMatches, runWrite, updated } from "./run-write.ts";
import { evenly, sharesOf } from "./shares.ts";

/** A command of several writes reported a sum that does not say what each of them did. */
export class SumInDoubt extends Error {
  override readonly name = "SumInDoubt";
  /** As `database.name`. */
  readonly collection: string;

  constructor(collection: string) {
    super(`the sums of one command to ${collection} do not say what each write did`);
    this.collection = collection;
  }
}

/** How the writes of a group are run. */
export interface WritesOptions {
  /**
   * How long the server may still take, in milliseconds, asked before each command: so a slow write
   * ends, and with it the transaction that others would wait for.
   */
  readonly timeLeftMs: () => number;
  /** The collections, as `database.name`, whose updates and deletes each go alone. */
  readonly alone: (collection: string) => boolean;
}

/**
 * Does the document writes of a group in the session's transaction, as if one after another, in as
 * few commands as it can.
 *
 * @returns what each did.
 * @throws Refused when another number of documents matched than was expected.
 * @throws SumInDoubt when it has to be done again, that collection's writes alone.
 * @throws whatever the driver threw; whose write it was is not told.
 */
export async function runWrites(
  client: MongoClient,
  session: ClientSession,
  writes: readonly CheckedWrite[],
  { timeLeftMs, alone }: WritesOptions,
): Promise<DocumentResult[]> {
  const results: DocumentResult[] = new Array(writes.length);
  for (const command of commandsOf(writes, alone)) {
    const did = await run(client, session, command, timeLeftMs());
    for (const [i, place] of command.places.entries()) {
      requireMatches(writes[place] as CheckedWrite, did[i] as DocumentResult);
      results[place] = did[i] as DocumentResult;
    }
  }
  return results;
}

async function run(
  client: MongoClient,
  session: ClientSession,
  { verb, writes, collection: name }: Command,
  maxTimeMS: number,
): Promise<DocumentResult[]> {
  const [first] = writes as [CheckedWrite];
  if (writes.length === 1) return [await runWrite(client, session, first, maxTimeMS)];
  const collection = client.db(first.database).collection(first.collection, BSON);
  const result = await collection.bulkWrite(writes.map(bulkOf), { session, maxTimeMS });
  switch (verb) {
    case "insert":
      return writes.map((_, index) => inserted(result.insertedIds[index]));
    case "update": {
      const shares = sharesOf(writes.length, {
        matched: result.matchedCount,
        modified: result.modifiedCount,
        upserted: result.upsertedIds,
      });
      if (shares === undefined) throw new SumInDoubt(name);
      return shares.map(updated);
    }
    case "delete": {
      const each = evenly(result.deletedCount, writes.length);
      if (each === undefined) throw new SumInDoubt(name);
      return writes.map(() => deleted(each));
    }
    case undefined:
      throw new TypeError("a write without a verb is a command of its own");
  }
}

function bulkOf({ operation }: CheckedWrite): AnyBulkWriteOperation {
  switch (operation.kind) {
    case "insertOne":
      return { insertOne: { document: operation.document } };
    case "replaceOne": {
      const { filter, replacement, options } = operation;
      return { replaceOne: { filter, replacement, ...options } };
    }
    case "updateOne": {
      const { filter, change, options } = operation;
      const { arrayFilters, ...others } = options;
      const update = change as Document;
      return {
        updateOne: { filter, update, ...others, ...(arrayFilters && { arrayFilters }) },
      } as AnyBulkWriteOperation;
    }
    case "deleteOne":
      return { deleteOne: { filter: operation.filter, ...operation.options } };
    case "updateMany":
    case "deleteMany":
      throw new TypeError("writes of many documents go alone");
  }
}
