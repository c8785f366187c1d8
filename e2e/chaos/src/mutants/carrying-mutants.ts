import type { Mutant } from "./mutant.ts";

const JOURNAL = "services/relay/src/adapters/neo4j/journal-cypher.ts";
const RELAY_TEST = "services/relay/src/relay.test.ts";

/** Around the commit of a batch: lane, journal, ring, and what is made of a lost reply. */
export const CARRYING: readonly Mutant[] = [
  {
    name: "lock before read",
    removes: "a batch takes the lane's lock before it reads the lane",
    file: JOURNAL,
    // The relay sees a batch that is not its own in the answer, too; the lane counts by itself here, as it
    // would without that second look.
    find: "SET lane.lock = $epoch\nWITH lane, 1 / CASE WHEN lane.epoch = $epoch AND lane.batch = $batch - 1 THEN 1 ELSE 0 END AS one\nSET lane.batch = lane.batch + one",
    replace:
      "WITH lane, 1 / CASE WHEN lane.epoch = $epoch AND lane.batch = $batch - 1 THEN 1 ELSE 0 END AS one\nSET lane.batch = $batch - 1 + one",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/neo4j/neo4j-graph.int.test.ts",
      test: "of rivals for one number",
    },
  },
  {
    name: "epoch check",
    removes: "Neo4j refuses a batch of an old epoch",
    file: JOURNAL,
    find: "WHEN lane.epoch = $epoch AND lane.batch = $batch - 1 THEN",
    replace: "WHEN lane.batch = $batch - 1 THEN",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/neo4j/neo4j-graph.int.test.ts",
      test: "a stale epoch commits nothing",
    },
  },
  {
    name: "batch check",
    removes: "Neo4j refuses a batch that is not the lane's next",
    file: JOURNAL,
    find: "WHEN lane.epoch = $epoch AND lane.batch = $batch - 1 THEN 1 ELSE 0 END AS one\nSET lane.batch = lane.batch + one",
    replace: "WHEN lane.epoch = $epoch THEN 1 ELSE 0 END AS one\nSET lane.batch = $batch",
    by: { layer: "sim", seeds: 150 },
  },
  {
    name: "raise of the epoch",
    removes: "a fence makes the lane refuse older epochs",
    file: "services/relay/src/adapters/neo4j/fence.ts",
    find: "  await tx.run(RAISE_EPOCH, { lane, epoch });\n",
    replace: "  void RAISE_EPOCH;\n",
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "only epochs that grow",
    removes: "a fence is refused under an epoch that the lane has seen",
    file: "services/relay/src/adapters/neo4j/fence.ts",
    find: "if (before.epoch >= epoch) return",
    replace: "if (before.epoch > epoch) return",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/neo4j/neo4j-graph.int.test.ts",
      test: "a fence takes only epochs that grow",
    },
  },
  {
    name: "incarnation check",
    removes: "the graph of another outbox is refused",
    file: "services/relay/src/adapters/neo4j/fence.ts",
    find: "if (root?.incarnation !== incarnation) {",
    replace: "if (root === undefined) {",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/neo4j/neo4j-graph.int.test.ts",
      test: "the graph of another outbox",
    },
  },
  {
    name: "journal in the transaction",
    removes: "the journal commits together with the effects",
    file: "services/relay/src/adapters/neo4j/neo4j-graph.ts",
    find: "      const { bookmark } = await this.#connection.transaction((tx) => applyBatch(tx, batch), said);",
    replace: `      await this.#connection.transaction(async (tx) => {
        for (const { cypher, params } of batch.plan.statements) await tx.run(cypher, params);
        await tx.commit();
      }, said);
      const journal = { ...batch, plan: { ...batch.plan, statements: [] } };
      const { bookmark } = await this.#connection.transaction((tx) => applyBatch(tx, journal), said);`,
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "transaction timeout",
    removes: "Neo4j ends a transaction that is open for longer than a lease",
    file: "services/relay/src/adapters/neo4j/connection.ts",
    find: "{ timeout: timeoutMs, metadata: said }",
    replace: "{ timeout: 0, metadata: said }",
    by: { layer: "integration", file: "services/relay/src/adapters/neo4j/connection.int.test.ts" },
  },
  {
    name: "reading the journal after a failure",
    removes: "a lost reply is followed by a look at the journal",
    file: "services/relay/src/commit.ts",
    find: "        return await lookUp(graph, batch, error, patience);",
    replace: "        void lookUp;\n        throw error;",
    by: { layer: "unit", file: RELAY_TEST, test: "a lost reply" },
  },
  {
    name: "the ring is trusted",
    removes: "what the ring names is applied, also where it is another cut of the batch",
    file: "services/relay/src/commit.ts",
    find: "entries: said.entries, bookmark",
    replace: "entries: batch.entries, bookmark",
    by: { layer: "unit", file: RELAY_TEST, test: "an earlier try that commits late" },
  },
  {
    name: "the ring is acked at a start",
    removes: "a start writes the acks that the owner before could not",
    file: "services/relay/src/start.ts",
    find: "  if (acks.length > 0) {",
    replace: "  if (acks.length > 99) {",
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "bound on outstanding acks",
    removes: "batch n waits for the ack of batch n − 8",
    file: "services/relay/src/apply.ts",
    find: "    await acks.confirmed(overwrittenBy(number));",
    replace: "    void overwrittenBy;",
    by: { layer: "unit", file: RELAY_TEST, test: "no batch commits before the ack" },
  },
  {
    name: "acks in order",
    removes: "one write of acks at a time",
    file: "services/relay/src/ack-queue.ts",
    find: "if (!this.#writing && this.#failed === undefined) void",
    replace: "if (this.#failed === undefined) void",
    by: { layer: "unit", file: RELAY_TEST, test: "are written one write at a time" },
  },
  {
    name: "acks are never changed",
    removes: "an ack that names other entries halts",
    file: "services/relay/src/adapters/mongo/acks.ts",
    find: "  if (sameEntries(entries, ack.entries)) return true;",
    replace: "  if (sameEntries(entries, entries)) return true;",
    by: {
      layer: "integration",
      file: "services/relay/src/adapters/mongo/mongo-outbox.int.test.ts",
      test: "an ack of a known number",
    },
  },
  {
    name: "history is judged: MongoDB put back",
    removes: "a graph that is ahead of the acks by more than the ring halts",
    file: "services/relay/src/history.ts",
    find: "  if (last - RING_SIZE > newestAck) {",
    replace: "  if (last - RING_SIZE > newestAck + 1_000_000n) {",
    by: { layer: "unit", file: "services/relay/src/history.test.ts" },
  },
  {
    name: "history is judged: unknown entries",
    removes: "entries of the ring that the outbox does not have halt",
    file: "services/relay/src/history.ts",
    find: "entries.find((entry) => !stored.has(entry));",
    replace: "entries.find((entry) => stored.has(entry) && false);",
    by: { layer: "unit", file: "services/relay/src/history.test.ts" },
  },
  {
    name: "history is judged: Neo4j put back",
    removes: "a graph that is behind the acks is brought up again",
    file: "services/relay/src/history.ts",
    find: "  if (last < newestAck) {",
    replace: "  if (last + 1_000_000n < newestAck) {",
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "completeness before applying again",
    removes: "nothing is applied again unless every entry is still there",
    file: "services/relay/src/reapply.ts",
    find: "  await requireAll({ from, to }, outbox, patience);",
    replace: "  void requireAll;",
    by: { layer: "unit", file: "services/relay/src/reapply.test.ts", test: "stays as it is when" },
  },
  {
    name: "an idle look at the journal",
    removes: "an idle relay notices that the graph was put back",
    file: "services/relay/src/watch-history.ts",
    find: "    judgeJournal(journal, { epoch, acked });",
    replace: "    void judgeJournal;\n    void [epoch, acked];",
    by: {
      layer: "unit",
      file: "services/relay/src/reapply.test.ts",
      test: "is noticed when nothing is to be committed",
    },
  },
];
