import { create } from "@bufbuild/protobuf";
import { type DocumentResult, DocumentResultSchema, DocumentSchema } from "@outgraph/events";
import { serialize } from "bson";
import type { ClientSession, Collection, Document, MongoClient, UpdateResult } from "mongodb";
import type { CheckedWrite } from "../../checked-write.ts";
import { Refused } from "./refused.ts";
import type { UpdateShare } from "./shares.ts";

// Ids that the server gives back keep their types.
export const BSON = { promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

/**
 * Does one document write in the session's transaction.
 *
 * @param maxTimeMS how long the server may take; without one, as long as the transaction may.
 * @throws Refused when another number of documents matched than was expected.
 * @throws whatever the driver threw.
 */
export async function runWrite(
  client: MongoClient,
  session: ClientSession,
  write: CheckedWrite,
  maxTimeMS?: number,
): Promise<DocumentResult> {
  const collection = client.db(write.database).collection(write.collection, BSON);
  const within = { session, ...(maxTimeMS !== undefined && { maxTimeMS }) };
  const result = await run(collection, within, write);
  requireMatches(write, result);
  return result;
}

/** @throws Refused when another number of documents matched, or was deleted, than was expected. */
export function requireMatches(write: CheckedWrite, result: DocumentResult): void {
  const { expectedMatches: expected } = write;
  const deletes = write.operation.kind === "deleteOne" || write.operation.kind === "deleteMany";
  const matches = Number(deletes ? result.deleted : result.matched);
  if (expected === undefined || matches === expected) return;
  const message = `${matches} documents ${deletes ? "deleted" : "matched"}, not ${expected}`;
  throw new Refused({ kind: "match_count", faults: [{ field: write.field, message }] });
}

async function run(
  collection: Collection,
  within: { readonly session: ClientSession; readonly maxTimeMS?: number },
  { operation }: CheckedWrite,
): Promise<DocumentResult> {
  switch (operation.kind) {
    case "insertOne": {
      const { insertedId } = await collection.insertOne(operation.document, within);
      return inserted(insertedId);
    }
    case "replaceOne": {
      const { filter, replacement, options } = operation;
      return ofUpdate(await collection.replaceOne(filter, replacement, { ...options, ...within }));
    }
    case "updateOne":
    case "updateMany": {
      const { kind, filter, change, options } = operation;
      return ofUpdate(await collection[kind](filter, change, { ...options, ...within }));
    }
    case "deleteOne":
    case "deleteMany": {
      const { kind, filter, options } = operation;
      const { deletedCount } = await collection[kind](filter, { ...options, ...within });
      return deleted(deletedCount);
    }
  }
}

/** The result of an insert. */
export function inserted(id: unknown): DocumentResult {
  return create(DocumentResultSchema, { inserted: 1n, id: idDocument(id) });
}

/** The result of a delete. */
export function deleted(count: number): DocumentResult {
  return create(DocumentResultSchema, { deleted: BigInt(count) });
}

/** The result of an update, or of an upsert that inserted. */
export function updated({ matched, modified, upsertedId }: UpdateShare): DocumentResult {
  return create(DocumentResultSchema, {
    matched: BigInt(matched),
    modified: BigInt(modified),
    ...(upsertedId !== undefined && { inserted: 1n, id: idDocument(upsertedId) }),
  });
}

function ofUpdate(result: UpdateResult<Document>): DocumentResult {
  const { matchedCount: matched, modifiedCount: modified, upsertedCount, upsertedId } = result;
  return updated({ matched, modified, ...(upsertedCount > 0 && { upsertedId }) });
}

function idDocument(id: unknown): {
  $typeName: typeof DocumentSchema.typeName;
  format: { case: "bson"; value: Uint8Array };
} {
  return {
    $typeName: DocumentSchema.typeName,
    format: { case: "bson", value: serialize({ _id: id }, { ignoreUndefined: false }) },
  };
}
