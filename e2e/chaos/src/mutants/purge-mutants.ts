import type { Mutant } from "./mutant.ts";

/** Around the purge, and appends that are sent again. */
export const PURGE: readonly Mutant[] = [
  {
    name: "purge horizon before the delete",
    removes: "the purge horizon is raised before anything below it goes",
    file: "services/relay/src/purge.ts",
    find: "  await owned(() => outbox.raisePurgeHorizon(epoch, plan.horizonMs), patience);\n",
    replace: "",
    by: { layer: "unit", file: "services/relay/src/purge.test.ts" },
  },
  {
    name: "purge by ack",
    removes: "only what an ack names is purged: this purges by age alone",
    file: "services/relay/src/adapters/mongo/purge.ts",
    find: "      await entries.deleteMany(ids, { session });",
    replace:
      "      await entries.deleteMany(\n        { _id: { $lte: purged.entries.map(uuidOf).sort((a, b) => (a.toHexString() < b.toHexString() ? 1 : -1))[0] as never } },\n        { session },\n      );",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/mongo/purge.int.test.ts",
      test: "a purge deletes exactly what it is told",
    },
  },
  {
    name: "purge after the journal",
    removes: "nothing is purged before the journal has said that the graph has it",
    file: "services/relay/src/purge.ts",
    find: "  await seeJournal(upTo, purging, patience);\n",
    replace: "  void [seeJournal, upTo];\n",
    by: {
      layer: "unit",
      file: "services/relay/src/purge.test.ts",
      test: "what is old stays while the graph lacks it",
    },
  },
  {
    name: "the newest eight acks stay",
    removes: "acks that the ring may need are not purged",
    file: "services/relay/src/adapters/mongo/purge.ts",
    find: "    const last = (await newestAck(acks)) - RING_SIZE;",
    replace: "    const last = (await newestAck(acks)) - 0n * RING_SIZE;",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/mongo/purge.int.test.ts",
      test: "old acks come in order",
    },
  },
  {
    name: "ids dated ahead stay",
    removes:
      "an id of a later time than the retention allows is not purged, nor raises the horizon",
    file: "services/relay/src/purge-plan.ts",
    find: "      if (time > untilMs) continue;\n",
    replace: "      void untilMs;\n",
    by: { layer: "unit", file: "services/relay/src/purge-plan.test.ts" },
  },
  {
    name: "expired ids",
    removes: "an append at or below the purge horizon is refused",
    file: "packages/writer/src/look.ts",
    find: "  return entryIdTime(id) <= seen.horizon",
    replace: "  return entryIdTime(id) <= Number.NEGATIVE_INFINITY",
    by: { layer: "unit", file: "packages/writer/src/look.test.ts" },
  },
];
