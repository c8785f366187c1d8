import type { GraphPort } from "@outgraph/relay/test";
import type { GraphTransaction } from "./graph-transaction.ts";

/** What becomes of a COMMIT: its answer is lost; it is lost itself; it arrives when the client has long given up. */
export type CommitFault = "reply_lost" | "lost" | "late";

/** A transaction over a connection that a test can harm. */
export interface FarTransaction {
  readonly tx: GraphTransaction;
  /** Ends the client; the server sees its connection break. */
  vanish(): void;
  /** Lets a COMMIT that is late arrive, if it has not by itself. */
  land(): void;
}

/** An empty Neo4j, as its contract sees it. */
export interface Neo4jUnderTest {
  /** Two clients of one graph, each the relay's own adapter. */
  readonly graph: GraphPort;
  readonly other: GraphPort;
  /** @param timeoutMs how long the server lets it be open. Default 20 seconds. */
  begin(timeoutMs?: number): GraphTransaction;
  /** @param fault what its COMMIT meets. */
  beginFar(fault?: CommitFault): FarTransaction;
  /** Resolves once so many transactions wait for a lock. */
  waiting(transactions: number): Promise<void>;
}
