import type { Mutant } from "./mutant.ts";

const PARKING_TEST = "services/relay/src/parking.test.ts";

/** Around what cannot be applied. */
export const PARKING: readonly Mutant[] = [
  {
    name: "ack wins over parked",
    removes: "a start takes out what is set aside and has an ack",
    file: "services/relay/src/parking.ts",
    find: "        if (decided) {",
    replace: "        if (decided && false) {",
    by: { layer: "unit", file: PARKING_TEST, test: "an ack wins over what is set aside" },
  },
  {
    name: "blocked dependants",
    removes: "what conflicts with a parked entry waits behind it",
    file: "services/relay/src/parking.ts",
    find: "      if (behind.size === 0) return;",
    replace: "      if (behind.size >= 0) return;",
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "conflict set",
    removes: "an entry that writes a node conflicts with one that uses it as an end",
    file: "packages/graph-plan/src/touches.ts",
    find: `  w: ["w", "s", "l", "e"], // written or deleted`,
    replace: `  w: ["w"], // written or deleted`,
    by: { layer: "unit", file: "packages/graph-plan/src/conflicts.test.ts" },
  },
  {
    name: "set aside before later batches",
    removes: "what is set aside stands in the outbox before a later batch commits",
    file: "services/relay/src/parking.ts",
    find: "    await this.#ask(() => outbox.parking.setAside(epoch, asides));",
    replace: "    void this.#ask(() => outbox.parking.setAside(epoch, asides));",
    by: { layer: "unit", file: PARKING_TEST, test: "is recorded before anything after it" },
  },
  {
    name: "blocked after those before it",
    removes:
      "what is blocked is recorded no sooner than those of its batch that come before it are in the graph",
    file: "services/relay/src/parking.ts",
    find: "    return entries.filter(({ id }) => !held.has(id));",
    replace:
      "    await this.recordBlocked();\n    return entries.filter(({ id }) => !held.has(id));",
    by: { layer: "unit", file: PARKING_TEST, test: "does not let go what it blocked before" },
  },
  {
    name: "taken out after the ack",
    removes: "what was set aside and applied is taken out only once its ack is confirmed",
    file: "services/relay/src/carry.ts",
    find: "          await unlessAborted(confirmed, patience.signal, () => new Interrupted());",
    replace: "          void [confirmed.catch(() => {}), unlessAborted, Interrupted, patience];",
    by: { layer: "unit", file: PARKING_TEST, test: "takes an entry out only once its ack" },
  },
  {
    name: "released entries first",
    removes: "what nothing holds back any more goes before what comes later",
    file: "services/relay/src/carry.ts",
    find: "    if (this.#parking.hasReleased) {",
    replace: "    if (this.#parking.hasReleased && this.#next === undefined) {",
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "breaker of parking",
    removes: "too many poison entries in a row halt",
    file: "services/relay/src/parking.ts",
    find: "      if (this.#inARow > options.parkedInARowMax) throw",
    replace: "      if (this.#inARow > 1_000_000) throw",
    by: { layer: "unit", file: PARKING_TEST, test: "halts when there are too many in a row" },
  },
  {
    name: "bisection",
    removes: "a batch with a poison entry is cut until that stands alone",
    file: "services/relay/src/isolate.ts",
    find: "      if (others.length === 0) {",
    replace: "      if (others.length >= 0) {",
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "start before a doubtful skip",
    removes: "nothing is skipped while an earlier try of it may still win",
    file: "services/relay/src/carry.ts",
    find: "    if (this.#applier.mayStillApply(order.entry)) {",
    replace: "    if (this.#applier.mayStillApply(order.entry) && false) {",
    by: { layer: "unit", file: PARKING_TEST, test: "waits for a start while a try of long ago" },
  },
  {
    name: "epoch on park",
    removes: "an owner of old can set nothing aside",
    file: "services/relay/src/adapters/mongo/parking.ts",
    find: "    if (!owned) throw stale(epoch);",
    replace: "    void [owned, stale];",
    by: { layer: "integration", file: "services/relay/src/adapters/mongo/parking.int.test.ts" },
  },
  {
    name: "epoch on park and purge",
    removes: "the transaction commits only while the lease document has the epoch",
    file: "services/relay/src/adapters/mongo/guarded.ts",
    find: "      { _id: META_ID.lease, epoch },\n      { $inc",
    replace: "      { _id: META_ID.lease, epoch: { $gte: 0n } as never },\n      { $inc",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/mongo/guarded.int.test.ts",
      test: "a take-over in the midst of it",
    },
  },
  {
    name: "the guard writes",
    removes:
      "a guarded transaction changes the lease document, so that a take-over conflicts with it",
    file: "services/relay/src/adapters/mongo/guarded.ts",
    find: "{ $inc: { guarded: 1n } as never }",
    replace: "{ $set: { epoch } as never }",
    by: { layer: "integration", file: "services/relay/src/adapters/mongo/guarded.int.test.ts" },
  },
];
