import {
  deleteMany,
  deleteOne,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import { type AppendRequest, newEntryId } from "@outgraph/events";
import { COLLECTION, entryIdOf } from "@outgraph/outbox";
import type { Document } from "bson";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CheckedAppend, checkAppend } from "../../check-append.ts";
import { isRefusal } from "../../refusal.ts";
import { failCommand } from "../../test/fail-command.ts";
import { GROUP_RULES } from "../../test/group-rules.ts";
import type { MemoryAppendStore } from "../../test/memory-append-store.ts";
import { type OwnDatabase, ownDatabase } from "../../test/mongo-database.ts";
import { request } from "../../test/requests.ts";
import { explain, type Observed } from "../../test/sequential-model.ts";
import { mongoAppendStore } from "./append-store.ts";

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
  await own.db.createCollection("things");
});
afterAll(async () => {
  await own[Symbol.asyncDispose]();
});

type Write = AppendRequest["writes"][number];

// Few documents, so that appends meet.
const key = fc.integer({ min: 1, max: 4 });
const ONE = { expectedMatches: 1 };

/**
 * Writes that write whatever they look at, or are refused: any two that meet conflict, so that
 * MongoDB's snapshots are as good as an order.
 */
const conflicting: fc.Arbitrary<Write> = fc.oneof(
  { weight: 5, arbitrary: key.map((_id) => insertOne("things", { _id, n: 0 })) },
  {
    weight: 3,
    arbitrary: key.map((_id) => updateOne("things", { _id }, { $inc: { n: 1 } }, ONE)),
  },
  {
    weight: 2,
    arbitrary: key.map((_id) => updateOne("things", { _id }, { $inc: { n: 1 } }, { upsert: true })),
  },
  {
    weight: 2,
    arbitrary: key.map((_id) => updateMany("things", { _id }, { $inc: { n: 1 } }, ONE)),
  },
  { weight: 3, arbitrary: key.map((_id) => deleteOne("things", { _id }, ONE)) },
);

const expected = fc.option(fc.constantFrom(0, 1, 2), { nil: undefined, freq: 2 });
const matches = (count: number | undefined) =>
  count === undefined ? {} : { expectedMatches: count };
/** All sorts of writes, also those that find nothing and write nothing. */
const any: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: conflicting },
  {
    weight: 2,
    arbitrary: key.map((_id) => updateOne("things", { _id }, { $set: { n: 5 } }, { upsert: true })),
  },
  {
    weight: 2,
    arbitrary: fc
      // MongoDB says of a replacement by the same that it changed the document.
      .tuple(key, expected, fc.integer({ min: 100 }))
      .map(([_id, m, n]) => replaceOne("things", { _id }, { n }, matches(m))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(key, expected).map(([_id, m]) => deleteOne("things", { _id }, matches(m))),
  },
  {
    weight: 1,
    arbitrary: expected.map((m) => updateMany("things", { n: 5 }, { $inc: { n: 1 } }, matches(m))),
  },
  { weight: 1, arbitrary: expected.map((m) => deleteMany("things", { n: 6 }, matches(m))) },
);
/** Written first by every append that may look without writing, so that all of those conflict. */
const CLOCK = updateOne("things", { _id: 0 }, { $inc: { n: 1 } }, { upsert: true });

// A collection that is not there, and an operator that only the server can refuse.
const bad: fc.Arbitrary<Write[]> = fc.constantFrom(
  [insertOne("nowhere", { _id: 1 })],
  [updateOne("things", { _id: 1 }, { $nonsense: { n: 1 } })],
);

/** Rounds of calls that run at once, each with some appends. */
function roundsOf(writes: fc.Arbitrary<Write[]>) {
  const append = fc.record({
    writes: fc.oneof({ weight: 9, arbitrary: writes }, { weight: 1, arbitrary: bad }),
    /** One of a few ids, or one of its own. */
    id: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 3 }),
    /** Which append before it is simply repeated. */
    repeats: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 4 }),
  });
  const call = fc.array(append, { minLength: 1, maxLength: 4 });
  const round = fc.array(call, { minLength: 3, maxLength: 10 });
  return fc.array(round, { minLength: 1, maxLength: 3 });
}
const rounds = fc.oneof(
  { weight: 2, arbitrary: roundsOf(fc.array(conflicting, { maxLength: 3 })) },
  {
    weight: 1,
    arbitrary: roundsOf(fc.array(any, { maxLength: 3 }).map((writes) => [CLOCK, ...writes])),
  },
);
const rules = fc.record({
  groupAppendsMax: fc.constantFrom(2, 5, 128),
  groupsMax: fc.constantFrom(1, 2, 4),
});

type Rounds = typeof rounds extends fc.Arbitrary<infer R> ? R : never;

/** The requests of all rounds; those that repeat another are the very same. */
function requestsOf(given: Rounds): CheckedAppend[][][] {
  const ids = Array.from({ length: 6 }, newEntryId);
  const made: CheckedAppend[] = [];
  return given.map((calls) =>
    calls.map((appends) =>
      appends.map(({ writes, id, repeats }) => {
        const again = repeats === undefined ? undefined : made[repeats % (made.length + 1)];
        if (again !== undefined) return again;
        const of = request(writes as never, id === undefined ? newEntryId() : ids[id]);
        const checked = checkAppend(of, { database: own.db.databaseName });
        if (isRefusal(checked)) throw new Error(`refused: ${JSON.stringify(checked)}`);
        made.push(checked);
        return checked;
      }),
    ),
  );
}

const LIMIT = { timeoutMs: 30_000, signal: new AbortController().signal };

async function observe(
  given: Rounds,
  rule: { groupAppendsMax: number; groupsMax: number },
): Promise<Observed[]> {
  const things = own.db.collection("things");
  await things.deleteMany({});
  await own.db.collection(COLLECTION.entries).deleteMany({});
  const store = mongoAppendStore(own.mongo, own.access, { ...GROUP_RULES, ...rule });
  const observed: Observed[] = [];
  for (const [round, calls] of requestsOf(given).entries()) {
    const all = await Promise.all(
      calls.map(async (appends) => {
        const results = await store.commit(appends, LIMIT);
        return appends.map((each, i): Observed => {
          const result = results[i];
          if (result === undefined) throw new Error("an append without a result");
          return { append: each, result, round };
        });
      }),
    );
    observed.push(...all.flat());
  }
  return observed;
}

/** As the memory store, and what only the server refuses. */
function modelOf(store: MemoryAppendStore) {
  return async (each: CheckedAppend) => {
    const first = each.writes[0];
    const known = store.entries.has(each.entry.id);
    if (!known && first !== undefined && "change" in first.operation) {
      if ("$nonsense" in first.operation.change) {
        return { kind: "invalid" as const, faults: [{ field: first.field, message: "" }] };
      }
    }
    return (await store.commit([each]))[0]!;
  };
}

async function explained(observed: readonly Observed[]): Promise<void> {
  const entries = own.db.collection(COLLECTION.entries);
  const history = (await entries.find().sort({ at: 1 }).toArray()).map(({ _id }) =>
    entryIdOf(_id as never),
  );
  const collection = `${own.db.databaseName}.things`;

  const documents = await explain(observed, history, collection, modelOf);

  expect(sorted(await own.db.collection("things").find().toArray())).toEqual(sorted(documents));
}

const sorted = (documents: readonly Document[]): unknown[] =>
  documents.map(({ _id, n }) => [Number(_id), Number(n)]).toSorted(([a = 0], [b = 0]) => a - b);

test("whatever appends come at once, some order one after another explains every result", async () => {
  await fc.assert(
    fc.asyncProperty(rounds, rules, async (given, rule) => {
      await explained(await observe(given, rule));
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test.each([
  [
    "commits are lost before they are done",
    { failCommands: ["commitTransaction"], closeConnection: true },
  ],
  [
    "commits are done, and not known to be",
    { failCommands: ["commitTransaction"], writeConcernError: { code: 64, errmsg: "waiting" } },
  ],
  [
    "transactions are aborted by the server",
    {
      failCommands: ["commitTransaction"],
      errorCode: 251,
      errorLabels: ["TransientTransactionError"],
    },
  ],
  [
    "writes conflict",
    {
      failCommands: ["insert", "update"],
      errorCode: 112,
      errorLabels: ["TransientTransactionError"],
    },
  ],
  [
    "connections break in mid-write",
    { failCommands: ["insert", "aggregate"], closeConnection: true },
  ],
])("so also when %s", async (_, data) => {
  await fc.assert(
    fc.asyncProperty(rounds, rules, fc.integer({ min: 1, max: 4 }), async (given, rule, times) => {
      await using _failing = await failCommand(own.mongo.client, data, times);
      await explained(await observe(given, rule));
    }),
    { numRuns: 5, endOnFailure: true },
  );
});
