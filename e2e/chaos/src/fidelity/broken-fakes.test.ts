import { MemoryOutbox, type StoredEntry } from "@outgraph/relay/test";
import { afterEach, expect, test, vi } from "vitest";
import { DocumentStore } from "../sim/mongo/document-store.ts";
import { MongoTransaction } from "../sim/mongo/mongo-transaction.ts";
import { GraphTransaction } from "../sim/neo4j/graph-transaction.ts";
import { LockTable } from "../sim/neo4j/lock-table.ts";
import type { Contract } from "./contract.ts";
import { DOCUMENT_VISIBILITY } from "./document-visibility.ts";
import { GRAPH_VISIBILITY } from "./graph-visibility.ts";
import { JOURNAL_RACE } from "./journal-race.ts";
import { LOST_COMMIT } from "./lost-commit.ts";
import { MERGE_RACE } from "./merge-race.ts";
import { withinSimulatedMongo } from "./simulated-mongo.ts";
import { withinSimulatedNeo4j } from "./simulated-neo4j.ts";
import { STAMPS } from "./stamps.ts";
import { UNKNOWN_COMMIT } from "./unknown-commit.ts";
import { WALK_AT_T } from "./walk-at-t.ts";

// Each contract fails on a fake that lacks what it is about: it is no contract that anything keeps.

afterEach(() => {
  vi.restoreAllMocks();
});

/** How many claims of a contract do not hold. */
async function broken<Server>(
  contract: Contract<Server>,
  within: (claim: (server: Server) => Promise<void>) => Promise<void>,
): Promise<number> {
  let failed = 0;
  for (const claim of Object.values(contract)) await within(claim).catch(() => failed++);
  return failed;
}

const noLocks = () => vi.spyOn(GraphTransaction.prototype, "lock").mockReturnValue(undefined);

test.each([
  ["no locks", "the journal race", JOURNAL_RACE, noLocks],
  ["no locks", "the merge race", MERGE_RACE, noLocks],
  ["no locks", "what transactions see", GRAPH_VISIBILITY, noLocks],
  [
    "no constraints",
    "the merge race",
    MERGE_RACE,
    () => vi.spyOn(GraphTransaction.prototype, "isUnique").mockReturnValue(false),
  ],
  [
    "locks that outlive their transaction",
    "lost commits",
    LOST_COMMIT,
    () => vi.spyOn(LockTable.prototype, "release").mockReturnValue(undefined),
  ],
] as const)("a Neo4j with %s breaks %s", async (_, __, contract, breakIt) => {
  breakIt();

  expect(await broken(contract, withinSimulatedNeo4j)).toBeGreaterThan(0);
});

const dirty = () =>
  vi.spyOn(DocumentStore.prototype, "read").mockImplementation(function (
    this: DocumentStore,
    key: string,
  ) {
    const writer = this.writers.get(key);
    if (writer !== undefined) return 99;
    return new Map(this.all(key)).get("");
  });

const stampAtCommit = () => {
  const commit = MemoryOutbox.prototype.commitTogether;
  vi.spyOn(MemoryOutbox.prototype, "commitTogether").mockImplementation(function (
    this: MemoryOutbox,
    inserted: readonly StoredEntry[],
  ) {
    return commit.call(
      this,
      inserted.map(({ id, body }) => this.stamp(id, body)),
    );
  });
};

/** The stream begins later than the walk ends. */
const lateStream = () => {
  const read = MemoryOutbox.prototype.read;
  vi.spyOn(MemoryOutbox.prototype, "read").mockImplementation(async function (this: MemoryOutbox) {
    const reading = await read.call(this);
    let left = 3;
    const next: typeof reading.next = async () => {
      for (; left > 0; left--) await reading.next();
      return await reading.next();
    };
    return { ...reading, next };
  });
};

test.each([
  ["dirty reads", "what transactions see", DOCUMENT_VISIBILITY, dirty],
  [
    "no conflicts",
    "what transactions see",
    DOCUMENT_VISIBILITY,
    () => vi.spyOn(DocumentStore.prototype, "changed").mockReturnValue(false),
  ],
  [
    "commits that cannot be repeated",
    "unknown commits",
    UNKNOWN_COMMIT,
    () => {
      const commit = MongoTransaction.prototype.commit;
      const done = new WeakSet<MongoTransaction>();
      vi.spyOn(MongoTransaction.prototype, "commit").mockImplementation(function (
        this: MongoTransaction,
      ) {
        if (done.has(this)) throw new Error("it is over");
        done.add(this);
        commit.call(this);
      });
    },
  ],
  ["stamps of the commit", "stamps", STAMPS, stampAtCommit],
  ["a stream that begins after T", "the walk at T", WALK_AT_T, lateStream],
] as const)("a MongoDB with %s breaks %s", async (_, __, contract, breakIt) => {
  breakIt();

  expect(await broken(contract, withinSimulatedMongo)).toBeGreaterThan(0);
});
