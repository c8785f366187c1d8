import { COLLECTION } from "@outgraph/outbox";
import { type OutboxWriter, openWriter } from "@outgraph/writer";
import type { ClientSession } from "mongodb";
import { TRANSACTION } from "../append/direct.ts";
import { type OutboxUnderTest, outboxUnderTest } from "../append/outbox-under-test.ts";
import { type Symbol as Seen, SOURCE, symbol } from "../append/workload.ts";
import type { Benchmark, Comparison, Measured, Stage } from "../benchmark.ts";
import { callers } from "../callers.ts";
import { cpuMeter, type Processes } from "../relay/cpu-meter.ts";

/** What an entry costs a program's own transaction: one caller, documents one by one, no relay. */
export const writer: Benchmark = {
  name: "writer",
  about: "transactions/s of documents and an entry ÷ the same transactions without the entry",

  async open(stage) {
    const mongo = await stage.mongo();
    const outbox = await outboxUnderTest(mongo.uri);
    const stores: Stores = {
      outbox,
      writing: await openWriter(outbox.db, { source: SOURCE }),
      processes: { mongod: mongo.members[0]?.pid ?? 0, bench: process.pid },
    };
    return {
      comparisons: [
        compared(stage, stores, { name: "writer.five", documents: 5, atLeast: 0.85 }),
        compared(stage, stores, { name: "writer.one", documents: 1, atLeast: 0.7 }),
      ],
      [Symbol.asyncDispose]: () => outbox[Symbol.asyncDispose](),
    };
  },
};

interface Stores {
  readonly outbox: OutboxUnderTest;
  readonly writing: OutboxWriter;
  readonly processes: Processes;
}

function compared(
  { runMs }: Stage,
  { outbox: { client, db }, writing, processes }: Stores,
  { name, documents, atLeast }: { name: string; documents: number; atLeast: number },
): Comparison {
  const collection = `${name}_documents`;
  const writes = async (symbols: readonly Seen[], session: ClientSession): Promise<void> => {
    const stored = db.collection<Seen["document"]>(collection);
    for (const { document } of symbols) await stored.insertOne(document, { session });
  };
  const measured = async (
    entriesEach: 0 | 1,
    transact: (symbols: readonly Seen[]) => Promise<unknown>,
  ): Promise<Measured> => {
    await db.dropCollection(collection);
    await db.createCollection(collection);
    const entries = db.collection(COLLECTION.entries);
    const before = await entries.countDocuments();
    const used = cpuMeter(processes);
    const { calls, seconds } = await callers(1, runMs, (n) =>
      transact(Array.from({ length: documents }, (_, at) => symbol(n * documents + at))),
    );
    const notes = used(calls);
    const found = {
      documents: await db.collection(collection).countDocuments(),
      entries: (await entries.countDocuments()) - before,
    };
    if (found.documents !== calls * documents || found.entries !== calls * entriesEach)
      throw new Error(`${calls} transactions left ${JSON.stringify(found)}`);
    return { value: calls / seconds, unit: "transactions/s", notes };
  };
  return {
    name,
    bar: { atLeast },
    arm: () =>
      measured(1, (symbols) =>
        writing.transact({ events: symbols.map(({ event }) => event) }, ({ session }) =>
          writes(symbols, session),
        ),
      ),
    base: () =>
      measured(0, (symbols) =>
        client.withSession((session) =>
          session.withTransaction(() => writes(symbols, session), TRANSACTION),
        ),
      ),
  };
}
