import { fromBinary } from "@bufbuild/protobuf";
import { EntrySchema, type Event, entryId } from "@outgraph/events";
import {
  type AppendInput,
  EntryInvalid,
  type EventInput,
  MutationUnsupported,
  type OutboxWriter,
  openWriter,
} from "@outgraph/writer";
import { MongoClient } from "mongodb";
import type { Call, Failed, Outcome } from "../../src/outcome.ts";

/** Entries of the in-transaction writer, each with a document, each in a transaction of its own. */
export async function transact(call: Extract<Call, { kind: "transact" }>): Promise<Outcome> {
  await using client = new MongoClient(call.writer.mongodbUri);
  const writer = await openWriter(client.db(call.writer.database), { source: "writer" });
  const many: Outcome[] = [];
  for (const entry of call.entries) many.push(await one(writer, client, call, entry));
  return { kind: "many", many };
}

async function one(
  writer: OutboxWriter,
  client: MongoClient,
  { writer: { database } }: Extract<Call, { kind: "transact" }>,
  encoded: string,
): Promise<Outcome> {
  const entry = fromBinary(EntrySchema, Buffer.from(encoded, "base64"));
  const { partition, events } = entry;
  const told = client.db(database).collection<{ _id: string }>("told");
  try {
    const input: AppendInput = { id: entryId(entry.id), partition, events: events.map(eventOf) };
    const { entryId: id, replayed } = await writer.transact(
      input,
      async ({ session }) => await told.insertOne({ _id: entry.id }, { session }),
    );
    return { kind: "committed", committed: { entryId: id, replayed, documents: [] } };
  } catch (error) {
    return { kind: "failed", failed: failed(error) };
  }
}

function eventOf({ type, mutations, payload }: Event): EventInput {
  return { type, mutations, ...(payload !== undefined && { payload }) };
}

/** The code and reason that each of the writer's errors has in the other languages. */
const CODE_OF: Readonly<Record<string, string>> = {
  EntryInvalid: "INVALID_ARGUMENT",
  MutationUnsupported: "UNIMPLEMENTED",
  EntryTooLarge: "RESOURCE_EXHAUSTED",
  IdReused: "ALREADY_EXISTS",
  IdExpired: "FAILED_PRECONDITION",
};

function failed(error: unknown): Failed {
  if (!(error instanceof Error)) throw error;
  const code = CODE_OF[error.name];
  if (code === undefined) throw error;
  const violations =
    error instanceof EntryInvalid || error instanceof MutationUnsupported ? error.violations : [];
  return {
    code,
    said: code,
    fields: violations.map(({ field }) => field),
    retryAfterMs: null,
    entryId: "entryId" in error ? String(error.entryId) : null,
    attempts: 0,
    reason: error.name,
  };
}
