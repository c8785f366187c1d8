import type { Mutant } from "./mutant.ts";

const READING_TEST = "services/relay/src/adapters/mongo/reading.int.test.ts";

/** Around reading what is pending: walk, stream, horizon. */
export const READING: readonly Mutant[] = [
  {
    name: "walk at T",
    removes: "the walk's snapshot is not older than T",
    file: "services/relay/src/adapters/mongo/snapshot.ts",
    find: "    return new Snapshot(outbox, session.operationTime);",
    replace: `    const { t, i } = session.operationTime;
    const Older = session.operationTime.constructor as new (time: { t: number; i: number }) => Timestamp;
    return new Snapshot(outbox, new Older({ t: t - 1, i }));`,
    by: { layer: "integration", file: READING_TEST, test: "a start under many writers" },
  },
  {
    name: "walk bounded at T",
    removes: "the walk gives nothing that stands after T",
    file: "services/relay/src/adapters/mongo/mongo-outbox.ts",
    find: "walk(this.#outbox, session, from, upTo)",
    replace: "walk(this.#outbox, session, from, (upTo + (1_000n << 32n)) as At)",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/mongo/mongo-outbox.int.test.ts",
      test: "what commits after the reading was opened",
    },
  },
  {
    name: "stream opened before the walk",
    removes:
      "the stream begins at T: this opens it once the walk is over, at what is then the time",
    file: "services/relay/src/adapters/mongo/mongo-outbox.ts",
    find: "        const stream = await Stream.open(this.#outbox, upTo);",
    replace: `        let opened: Promise<Stream> | undefined;
        const stream = {
          next: async () => (await (opened ??= Stream.open(this.#outbox, atOf(session.operationTime!)))).next(),
          close: async () => (await opened)?.close(),
        };`,
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/mongo/mongo-outbox.int.test.ts",
      test: "what commits after the reading was opened",
    },
  },
  {
    name: "one snapshot for entries and acks",
    removes: "entries of the walk and what is decided about them are of one moment",
    file: "services/relay/src/adapters/mongo/snapshot.ts",
    find: `        readConcern: { level: "snapshot", atClusterTime: this.time },`,
    replace: `        readConcern: { level: "majority" },`,
    by: { layer: "integration", file: "services/relay/src/adapters/mongo/snapshot.int.test.ts" },
  },
  {
    name: "dedupe of walk and stream",
    removes: "what the walk gave is not taken from the stream again",
    file: "services/relay/src/pending.ts",
    find: "        if (walked.gave(event.entry.at, event.time)) break;\n",
    replace: "",
    by: {
      layer: "unit",
      file: "services/relay/src/relay.test.ts",
      test: "an entry that the walk and the stream both give",
    },
  },
  {
    name: "halt before the settled horizon",
    removes: "an entry that appears where everything was decided halts",
    file: "services/relay/src/pending.ts",
    find: "        refuseBefore(horizon(), event.entry);\n",
    replace: "        void refuseBefore;\n",
    by: {
      layer: "unit",
      file: "services/relay/src/relay.test.ts",
      test: "an entry before the settled horizon halts",
    },
  },
  {
    name: "margin of the settled horizon",
    removes: "the settled horizon stays behind by as long as a transaction can be open",
    file: "services/relay/src/settled-horizon.ts",
    find: "  return 3 * transactionLifetimeMs;",
    replace: "  return 0 * transactionLifetimeMs;",
    by: { layer: "unit", file: "services/relay/src/settled-horizon.test.ts" },
  },
  {
    name: "settled horizon waits for acks",
    removes: "the settled horizon never passes an entry without a confirmed ack",
    file: "services/relay/src/undecided.ts",
    find: "    for (const ack of this.#acks.unconfirmed) see(ack.at.min);\n",
    replace: "",
    by: { layer: "unit", file: "services/relay/src/undecided.test.ts" },
  },
];
