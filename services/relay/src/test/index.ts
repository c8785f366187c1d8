// What proofs elsewhere run: the relay's core, its adapter of Neo4j, and its ports in memory.
export { MongoOutbox } from "../adapters/mongo/mongo-outbox.ts";
export { Connection, type Transactions } from "../adapters/neo4j/connection.ts";
export { ADVANCE, slotOf } from "../adapters/neo4j/journal-cypher.ts";
export { Neo4jGraph } from "../adapters/neo4j/neo4j-graph.ts";
export { type At, atMs } from "../at.ts";
export { CallFailed } from "../call-failed.ts";
export type { Clock } from "../clock.ts";
export { Desk, type Order, type Outcome } from "../desk.ts";
export { batchNumber, type Epoch, epoch, RING_SIZE } from "../lane.ts";
export type { RelayOptions } from "../options.ts";
export type { StoredEntry } from "../pending-entry.ts";
export type {
  GraphPort,
  OutboxPort,
  PlannedBatch,
  Reading,
  RelayPorts,
  StreamEvent,
  WalkChunk,
} from "../ports.ts";
export { type RelayEnded, relay } from "../relay.ts";
export { type RelaySignalBus, type RelaySignals, relaySignals } from "../signals.ts";
export { broken, MemoryOutbox, type OutboxChange } from "./memory-outbox.ts";
