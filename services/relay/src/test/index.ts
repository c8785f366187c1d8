// What proofs elsewhere run: the relay's core, its adapter of Neo4j, and its ports in memory.
export type { Transactions } from "../adapters/neo4j/connection.ts";
export { Neo4jGraph } from "../adapters/neo4j/neo4j-graph.ts";
export { type At, atMs } from "../at.ts";
export { CallFailed } from "../call-failed.ts";
export type { Clock } from "../clock.ts";
export { Desk, type Order, type Outcome } from "../desk.ts";
export { RING_SIZE } from "../lane.ts";
export type { RelayOptions } from "../options.ts";
export type { StoredEntry } from "../pending-entry.ts";
export type { OutboxPort, Reading, RelayPorts, StreamEvent, WalkChunk } from "../ports.ts";
export { type RelayEnded, relay } from "../relay.ts";
export { type RelaySignalBus, type RelaySignals, relaySignals } from "../signals.ts";
export { broken, MemoryOutbox, type OutboxChange } from "./memory-outbox.ts";
