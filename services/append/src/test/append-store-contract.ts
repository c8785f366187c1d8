import {
  deleteMany,
  deleteOne,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import { type AppendRequest, entryIdFor, newEntryId } from "@outgraph/events";
import { type Document, deserialize } from "bson";
import { beforeEach, expect, test } from "vitest";
import { type CheckedAppend, checkAppend } from "../check-append.ts";
import type { AppendStore, CallLimit, Committed } from "../ports.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { request } from "./requests.ts";

/** A store, and a look behind it. */
export interface StoreUnderTest {
  readonly store: AppendStore;
  /** The outbox's database. */
  readonly database: string;
  createCollection(name: string): Promise<void>;
  documents(name: string): Promise<Document[]>;
  entries(): Promise<number>;
  /** Ids that carry this time or an earlier one may be purged from now on. */
  raisePurgeHorizon(to: Date): Promise<void>;
}

/** What every `AppendStore` promises. */
export function appendStoreContract(given: () => Promise<StoreUnderTest>): void {
  let it: StoreUnderTest;
  const limit: CallLimit = { timeoutMs: 20_000, signal: new AbortController().signal };
  const commit = async (...requests: AppendRequest[]): Promise<(Committed | Refusal)[]> => {
    const checked = requests.map((each) => checkAppend(each, { database: it.database }));
    expect(checked.filter(isRefusal)).toEqual([]);
    return await it.store.commit(checked as CheckedAppend[], limit);
  };
  const commitOne = async (of: AppendRequest): Promise<Committed | Refusal> => {
    const [result] = await commit(of);
    return result as Committed | Refusal;
  };

  beforeEach(async () => {
    it = await given();
    await it.createCollection("files");
  });

  test("documents and entry commit together, and the receipt says what was done", async () => {
    const of = request([
      insertOne("files", { _id: 1, n: 1 }),
      insertOne("files", { _id: 2, n: 1 }),
      updateOne("files", { _id: 1 }, { $set: { n: 5 } }, { expectedMatches: 1 }),
      updateMany("files", {}, { $inc: { n: 1 } }, { expectedMatches: 2 }),
      updateOne("files", { _id: 9 }, { $set: { n: 9 } }),
      updateOne("files", { _id: 3 }, { $set: { n: 3 } }, { upsert: true }),
      replaceOne("files", { _id: 3 }, { m: 3 }),
      deleteOne("files", { _id: 2 }, { expectedMatches: 1 }),
      deleteMany("files", { n: 99 }, { expectedMatches: 0 }),
    ]);

    const result = await commitOne(of);

    const zero = { inserted: 0n, matched: 0n, modified: 0n, deleted: 0n };
    expect(result).toMatchObject({
      replayed: false,
      receipt: {
        entryId: of.entry!.id,
        documents: [
          { ...zero, inserted: 1n },
          { ...zero, inserted: 1n },
          { ...zero, matched: 1n, modified: 1n },
          { ...zero, matched: 2n, modified: 2n },
          zero,
          { ...zero, inserted: 1n },
          { ...zero, matched: 1n, modified: 1n },
          { ...zero, deleted: 1n },
          zero,
        ],
      },
    });
    expect(idsIn(result as Committed)).toEqual([
      1,
      2,
      undefined,
      undefined,
      undefined,
      3,
      undefined,
      undefined,
      undefined,
    ]);
    expect(await it.documents("files")).toEqual([
      { _id: 1, n: 6 },
      { _id: 3, m: 3 },
    ]);
    expect(await it.entries()).toBe(1);
  });

  test("a repeat returns the first outcome, also when its writes would fail now", async () => {
    const of = request([insertOne("files", { _id: 1 }), insertOne("files", {})]);
    const first = await commitOne(of);

    const again = await commitOne(of);

    expect(again).toEqual({ ...first, replayed: true });
    expect(await it.documents("files")).toHaveLength(2);
    expect(await it.entries()).toBe(1);
  });

  test("a known id with other content is refused", async () => {
    const id = newEntryId();
    await commitOne(request([insertOne("files", { _id: 1 })], id));

    const other = await commitOne(request([insertOne("files", { _id: 2 })], id));

    expect(other).toMatchObject({ kind: "id_reused" });
    expect(await it.documents("files")).toEqual([{ _id: 1 }]);
  });

  test("an id at or below the purge horizon is refused, unless it is known", async () => {
    const time = new Date("2026-01-01T00:00:00Z");
    const known = request([], entryIdFor(time, "known"));
    await commitOne(known);
    await it.raisePurgeHorizon(time);

    expect(await commitOne(known)).toMatchObject({ replayed: true });
    const forgotten = request([insertOne("files", { _id: 1 })], entryIdFor(time, "forgotten"));
    expect(await commitOne(forgotten)).toMatchObject({ kind: "id_expired" });
    const later = request([], entryIdFor(new Date(time.getTime() + 1), "later"));
    expect(await commitOne(later)).toMatchObject({ replayed: false });
    expect(await it.documents("files")).toEqual([]);
  });

  test.each<[string, Refusal["kind"], string, () => AppendRequest]>([
    [
      "a duplicate key",
      "duplicate_document",
      "writes[1].insert_one",
      () => request([insertOne("files", { _id: 7 }), insertOne("files", { _id: "there" })]),
    ],
    [
      "too few matches",
      "match_count",
      "writes[1].update_one",
      () =>
        request([
          insertOne("files", { _id: 7 }),
          updateOne("files", { _id: "none" }, { $set: { a: 1 } }, { expectedMatches: 1 }),
        ]),
    ],
    [
      "too many matches",
      "match_count",
      "writes[1].update_many",
      () =>
        request([
          insertOne("files", { _id: 7 }),
          updateMany("files", {}, { $set: { a: 1 } }, { expectedMatches: 1 }),
        ]),
    ],
    [
      "too few deletes",
      "match_count",
      "writes[1].delete_one",
      () =>
        request([
          insertOne("files", { _id: 7 }),
          deleteOne("files", { _id: "none" }, { expectedMatches: 1 }),
        ]),
    ],
    [
      "a collection that is not there",
      "collection_not_found",
      "writes[1].collection",
      () => request([insertOne("files", { _id: 7 }), insertOne("fils", { _id: 1 })]),
    ],
  ])("%s leaves nothing behind", async (_, kind, field, bad) => {
    await commitOne(request([insertOne("files", { _id: "there" })]));

    const result = await commitOne(bad());

    expect(result).toMatchObject({ kind, faults: [{ field }] });
    expect(await it.documents("files")).toEqual([{ _id: "there" }]);
    expect(await it.entries()).toBe(1);
  });

  test("an append that was refused can be put right under the same id", async () => {
    const id = newEntryId();
    await commitOne(request([deleteOne("files", { _id: 1 }, { expectedMatches: 1 })], id));

    const better = await commitOne(request([deleteOne("files", { _id: 1 })], id));

    expect(better).toMatchObject({ replayed: false });
  });

  test("of several appends each has its own result, and a refused one changes nothing for the others", async () => {
    const twice = request([insertOne("files", { _id: 3 })]);

    const results = await commit(
      request([insertOne("files", { _id: 1 })]),
      request([insertOne("files", { _id: 1 })]),
      twice,
      twice,
      request([insertOne("nowhere", {})]),
      request([insertOne("files", { _id: 2 })]),
    );

    // They are independent: which of two rivals is first is not promised.
    const [one, rival, ...others] = results;
    expect([one, rival].filter((result) => isRefusal(result as object))).toMatchObject([
      { kind: "duplicate_document" },
    ]);
    expect(
      others
        .slice(0, 2)
        .map((result) => "replayed" in result && result.replayed)
        .sort(),
    ).toEqual([false, true]);
    expect(others.slice(2)).toMatchObject([{ kind: "collection_not_found" }, { replayed: false }]);
    const ids = (await it.documents("files")).map(({ _id }) => _id as number);
    expect(ids.sort()).toEqual([1, 2, 3]);
    expect(await it.entries()).toBe(3);
  });

  test("appends with one id at once take effect once, and all say the same", async () => {
    const of = request([
      insertOne("files", { _id: 1 }),
      updateOne("files", { _id: 1 }, { $inc: { n: 1 } }),
    ]);

    const results = (await Promise.all(
      Array.from({ length: 12 }, () => commitOne(of)),
    )) as Committed[];

    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(results.map(({ receipt }) => JSON.stringify(receipt, bigints))).size).toBe(1);
    expect(await it.documents("files")).toEqual([{ _id: 1, n: 1 }]);
    expect(await it.entries()).toBe(1);
  });

  test("appends to one document at once all take effect", async () => {
    await commitOne(request([insertOne("files", { _id: 1, n: 0 })]));

    const results = await Promise.all(
      Array.from({ length: 12 }, () =>
        commitOne(
          request([updateOne("files", { _id: 1 }, { $inc: { n: 1 } }, { expectedMatches: 1 })]),
        ),
      ),
    );

    expect(results.every((result) => !isRefusal(result))).toBe(true);
    expect(await it.documents("files")).toEqual([{ _id: 1, n: 12 }]);
  });
}

function idsIn({ receipt }: Committed): unknown[] {
  return receipt.documents.map(
    ({ id }) =>
      (id?.format.case === "bson" && (deserialize(id.format.value)["_id"] as unknown)) || undefined,
  );
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
