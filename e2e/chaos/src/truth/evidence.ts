/**
 * Everything that is known after a run, as plain data. Every layer fills what it can, from memory or
 * from real servers; a part that it cannot supply stays undefined, and the verdict then names the
 * invariants that were not judged for want of it.
 */
export interface Evidence {
  /** Every entry that committed, in any order: written in the entry's own transaction, never purged. */
  readonly ledger: readonly LedgerEntry[];
  /** The graph as it is at the end. */
  readonly graph: Graph;
  /** What the writers were told. */
  readonly history?: readonly Operation[];
  /** What the writers' transactions wrote beside the entry. */
  readonly documents?: Documents;
  /** What the outbox holds at the end. */
  readonly outbox?: OutboxState;
  /** What happened in the outbox, in the order in which MongoDB committed it. */
  readonly events?: readonly OutboxEvent[];
  /** What an observer read while the run was on, in the order of reading. */
  readonly snapshots?: readonly Snapshot[];
  /** What came after the last fault. */
  readonly healing?: Healing;
  /** How long entries took that have nothing to do with the faults. */
  readonly blast?: Blast;
}

/** One committed entry: all that it does to the graph. */
export interface LedgerEntry {
  /** The entry's id. */
  readonly id: string;
  /** The nodes that it changes, each once. */
  readonly touches: readonly Touch[];
  /** What it does to edges, after the nodes; each pair of ends once. */
  readonly edges: readonly EdgeChange[];
}

/** What an entry does to a node. */
export interface Touch {
  /** The node's key. */
  readonly node: string;
  /**
   * What its transaction's `$inc` of the node's counter gave: 1, 2, 3, … without a gap. Transactions on
   * one node conflict, so these numbers are the order of history at the node.
   */
  readonly n: number;
  /**
   * `write` makes the node unless it is there, appends `n` to its `log` and sets `n` and `by`;
   * `delete` deletes it; `recreate` does the one after the other.
   */
  readonly does: "write" | "delete" | "recreate";
}

/** What an entry does to the edges from one node to another. It touches both, but a gate. */
export interface EdgeChange {
  readonly from: string;
  readonly to: string;
  /**
   * `merge` makes the one edge `LINKED` unless it is there, and sets its `by`; `delete` deletes that
   * one; `create` makes one more edge `COUNTED`, whose `by` is the entry.
   */
  readonly does: "merge" | "delete" | "create";
  /**
   * Whether `to` is a gate: a node of another label, that no entry makes and none deletes. The entry
   * cannot be applied while it is not there. Default false.
   */
  readonly gate?: boolean;
}

/** Canary nodes and their edges. */
export interface Graph {
  readonly nodes: readonly CanaryNode[];
  readonly edges: readonly CanaryEdge[];
  /** In words, nodes that no entry makes: of another label, marked as stubs, with a property too many. */
  readonly strangers?: readonly string[];
}

export interface CanaryNode {
  readonly key: string;
  /** The numbers of the entries that took effect on it since it was made, as they did. */
  readonly log: readonly number[];
  /** The number of the last one, by a property that is set, not accumulated. */
  readonly n?: number;
  /** The id of the last one. */
  readonly by?: string;
}

export interface CanaryEdge {
  readonly type: "LINKED" | "COUNTED";
  readonly from: string;
  readonly to: string;
  /** The id of the entry that made or last set it. */
  readonly by?: string;
}

/** One append, as its client knows it. */
export interface Operation {
  readonly entry: string;
  /** `ok`: committed, once. `failed`: never. `unknown`: at most once. */
  readonly outcome: "ok" | "failed" | "unknown";
  /** It failed only because another writer was faster; nobody counts it as a failure of the product. */
  readonly raced?: boolean;
  /** Milliseconds by the client's clock. */
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface Documents {
  /** For each business document, the entry whose transaction wrote it: each writes one. */
  readonly entries: readonly string[];
  /** The counter that transactions `$inc`, by node. */
  readonly counters: Readonly<Record<string, number>>;
}

/** What the outbox holds. */
export interface OutboxState {
  /** Entries that are stored. */
  readonly stored: readonly string[];
  /** Acks of batches; those of purged ones may be gone. */
  readonly acks: readonly Ack[];
  /** Entries that a person had skipped. */
  readonly skipped: readonly string[];
  /** Entries in `outbox_parked`. An ack or a skip wins. */
  readonly aside: readonly string[];
}

export interface Ack {
  readonly batch: number;
  readonly epoch: number;
  /** In the order of the journal. */
  readonly entries: readonly string[];
}

export type OutboxEvent =
  | { readonly kind: "appended"; readonly entry: string }
  | ({ readonly kind: "acked" } & Ack)
  | { readonly kind: "skipped"; readonly entry: string }
  | { readonly kind: "set_aside"; readonly entry: string }
  /** It is no longer among those set aside. */
  | { readonly kind: "forgotten"; readonly entry: string }
  | { readonly kind: "purged"; readonly entry: string }
  /** The ack of a batch was deleted. */
  | { readonly kind: "ack_purged"; readonly batch: number }
  /** The greatest id time that the purge may delete, in milliseconds since 1970. */
  | { readonly kind: "horizon"; readonly ms: number }
  | { readonly kind: "lease"; readonly epoch: number };

/** The most numbers of a log that a snapshot keeps: the newest. */
export const SNAPSHOT_LOG_MAX = 64;

/** The graph at one moment between two of the relay's transactions, never in the middle of one. */
export interface Snapshot {
  /** Of the lane. */
  readonly epoch: number;
  readonly batch: number;
  /** With the newest `SNAPSHOT_LOG_MAX` numbers of each log. */
  readonly nodes: readonly CanaryNode[];
}

/** What came after the last fault was over and the last entry written. */
export interface Healing {
  /** After so long nothing was pending any more; undefined when that did not happen. */
  readonly drainedMs: number | undefined;
  /** How long it may take. */
  readonly boundMs: number;
}

export interface Blast {
  /** How long an unrelated entry may take from its commit to the graph. */
  readonly boundMs: number;
  /** What each took; undefined: never seen there. */
  readonly unrelated: readonly { readonly entry: string; readonly lagMs: number | undefined }[];
}
