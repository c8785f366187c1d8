import { setUpOutbox } from "@outgraph/outbox";
import { IdExpired, OutcomeUnknown, openWriter, TransactionGaveUp } from "@outgraph/writer";
import { type ClientSession, type Db, MongoClient } from "mongodb";
import type { Answer, Appender } from "./appender.ts";
import {
  type BusinessDocument,
  type CounterDocument,
  LEDGER,
  type LedgerDocument,
} from "./collections.ts";
import { mutationsOf } from "./mutations.ts";
import { entryOf, type Plan } from "./plan.ts";

export interface InProcessOptions {
  readonly mongodbUri: string;
  readonly database: string;
  /** How long one append may take, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
  /** Rides along in every event, for other consumers, so that entries are large. Default none. */
  readonly payloadBytes?: number;
}

/** Appends by the TypeScript writer, in this process. The outbox is there, or is made. */
export async function appendInProcess(options: InProcessOptions): Promise<Appender> {
  const { mongodbUri, database, timeoutMs = 20_000 } = options;
  const client = new MongoClient(mongodbUri, { appName: "chaos-writer" });
  const db = client.db(database);
  await setUpOutbox(client, database);
  const writer = await openWriter(db, { source: "chaos" });
  const payload = payloadOf(options.payloadBytes);
  return {
    async append(id, plan): Promise<Answer> {
      try {
        await writer.transact({ id: id as never, timeoutMs }, async ({ session, add }) => {
          const entry = entryOf(id, plan, await count(db, plan, session));
          await record(db, entry, session);
          add({ type: "chaos.v1.Touched", mutations: mutationsOf(entry), ...payload });
        });
        return { outcome: "ok" };
      } catch (error) {
        // An id that waited for too long may have been appended, for all that anybody knows.
        const unknown = error instanceof OutcomeUnknown || error instanceof IdExpired;
        if (unknown) return { outcome: "unknown", why: error.message };
        if (!(error instanceof TransactionGaveUp)) throw error;
        return { outcome: "failed", why: error.message, raced: error.reason === "conflict" };
      }
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Takes the next number of each node, in one order, so that rivals wait rather than deadlock. */
async function count(
  db: Db,
  { touches }: Plan,
  session: ClientSession,
): Promise<ReadonlyMap<string, number>> {
  const counters = db.collection<CounterDocument>(LEDGER.counters);
  const numbers = new Map<string, number>();
  for (const _id of touches.map(({ node }) => node).toSorted()) {
    const options = { session, returnDocument: "after" } as const;
    const counter = await counters.findOneAndUpdate({ _id }, { $inc: { n: 1 } }, options);
    if (counter === null) throw new Error(`there is no counter for ${_id}`);
    numbers.set(_id, counter.n);
  }
  return numbers;
}

async function record(
  db: Db,
  { id, touches, edges }: ReturnType<typeof entryOf>,
  session: ClientSession,
): Promise<void> {
  const about = touches.map(({ node }) => node);
  await db
    .collection<BusinessDocument>(LEDGER.documents)
    .insertOne({ _id: id, about }, { session });
  await db
    .collection<LedgerDocument>(LEDGER.entries)
    .insertOne({ _id: id, touches, edges }, { session });
}

/** The payload of an event of so many bytes. */
export function payloadOf(bytes: number | undefined): {
  readonly payload?: { $typeName: "google.protobuf.Any"; typeUrl: string; value: Uint8Array };
} {
  if (bytes === undefined) return {};
  const value = new Uint8Array(bytes);
  return {
    payload: {
      $typeName: "google.protobuf.Any",
      typeUrl: "type.googleapis.com/chaos.v1.Pad",
      value,
    },
  };
}
