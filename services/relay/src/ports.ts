import type { EntryId, Value } from "@outgraph/events";
import type { Constraint, Plan, RangeIndex } from "@outgraph/graph-plan";
import type { At } from "./at.ts";
import type { Clock } from "./clock.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";
import type { BatchNumber, Epoch } from "./lane.ts";
import type { LeaseAnswer } from "./lease.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { ParkingPort } from "./parking-port.ts";
import type { CommitTime, StoredEntry } from "./pending-entry.ts";
import type { PurgePort } from "./purge-port.ts";

/** What the loop needs from the world. Every call that fails throws `CallFailed`. */
export interface RelayPorts {
  readonly outbox: OutboxPort;
  readonly graph: GraphPort;
  readonly clock: Clock;
  /** Where people leave orders; without it, nobody can. */
  readonly desk?: Desk;
  /** Who renews the lease; left out, the relay's own loop does. */
  readonly keeper?: LeaseKeeper;
}

/** Which outbox it is. */
export interface OutboxIdentity {
  /** A UUID; the graph carries it too. */
  readonly incarnation: string;
  /** The longest a transaction can be open by the server's own rule, in milliseconds. */
  readonly transactionLifetimeMs: number;
}

/** The outbox. Nobody retries in here but the driver, once, what it knows to be safe. */
export interface OutboxPort {
  /** Makes what is missing and says which outbox it is. Repeating it changes nothing. */
  open(): Promise<OutboxIdentity>;

  /**
   * Asks for the lease, judged by the server's clock: granted under the epoch + 1 when it ran out,
   * when it was given back, or when the same holder has it.
   */
  takeLease(holder: string, ttlMs: number): Promise<LeaseAnswer>;
  /** Whether the lease is still this holder's under this epoch; it then lasts `ttlMs` from now. */
  renewLease(holder: string, epoch: Epoch, ttlMs: number): Promise<boolean>;
  /** Lifts the epoch, if it is lower and the lease is still this holder's under this one. */
  raiseEpoch(holder: string, epoch: Epoch, to: Epoch): Promise<void>;
  /** Gives it back, if it is still this holder's under this epoch. The epoch stays. */
  releaseLease(holder: string, epoch: Epoch): Promise<void>;

  /** The greatest batch number that has an ack; 0 when none has. */
  newestAck(): Promise<BatchNumber>;
  /** The entries that the acks of these batches name; a batch without an ack is left out. */
  acksOf(batches: readonly BatchNumber[]): Promise<ReadonlyMap<BatchNumber, readonly EntryId[]>>;
  /** Where in history these entries stand; one that the outbox does not have is left out. */
  positionsOf(entries: readonly EntryId[]): Promise<ReadonlyMap<EntryId, At>>;
  /** These entries, in this order; one that the outbox does not have is left out. */
  storedEntries(entries: readonly EntryId[]): Promise<readonly StoredEntry[]>;
  /**
   * Says that acked batches after this one are not in the graph, because it was put back; undefined
   * says that all are. Those who wait for entries go by it.
   *
   * @throws CallFailed `fenced` when a relay of a newer epoch has said something.
   */
  sayReapplying(epoch: Epoch, after: BatchNumber | undefined): Promise<void>;
  /**
   * Writes acks in this order; resolves when a majority has them all. A repeat is harmless.
   *
   * @throws CallFailed `history_moved` when an ack of that number names other entries.
   */
  writeAcks(acks: readonly Ack[]): Promise<void>;

  /** Everything before it is decided. */
  settledHorizon(): Promise<At>;
  /** Raises it; a lower one changes nothing. */
  raiseSettledHorizon(horizon: At): Promise<void>;

  /**
   * How many entries were inserted after this one, applied or not, up to `limit`, and where the last
   * of those stands; `at` itself where there is none.
   */
  countAfter(at: At, limit: number): Promise<{ readonly entries: number; readonly last: At }>;
  /** Says how much waits, for those who append. */
  publishBacklog(backlog: Backlog): Promise<void>;

  /**
   * From where to where the oplog goes: a stream can begin anywhere in it, and nowhere else.
   *
   * @throws CallFailed also where reading it is not permitted.
   */
  oplog(): Promise<Oplog>;

  /**
   * Opens what is pending: reads with majority, whose operation time becomes `upTo`, then opens the
   * stream there, both causally after everything this port wrote before.
   */
  read(): Promise<Reading>;

  /** The same outbox, for the purge. */
  readonly purging: PurgePort;
  /** The same outbox, for parking. */
  readonly parking: ParkingPort;

  /** Ends every connection. */
  close(): Promise<void>;
}

/** The ends of the oplog. */
export interface Oplog {
  readonly first: At;
  readonly last: At;
}

/** That a batch is in the graph, with all that is said about it in MongoDB. */
export interface Ack {
  readonly batch: BatchNumber;
  readonly epoch: Epoch;
  readonly entries: readonly EntryId[];
  /** From where to where in history its entries stand. */
  readonly at: { readonly min: At; readonly max: At };
  /** Neo4j's bookmark of its transaction, or of the one that found it. */
  readonly bookmark?: string;
}

/** What is committed and not yet in the graph. */
export interface Backlog {
  readonly entries: number;
  /** Their encoded size; of those that were only counted, guessed from the others. */
  readonly bytes: number;
  /** When the oldest was inserted, in milliseconds since 1970; undefined when there is none. */
  readonly oldestMs: number | undefined;
}

/** Everything pending, seen from one moment. */
export interface Reading {
  /** What committed up to here, the walk has; the stream starts here. */
  readonly upTo: At;
  /**
   * The next entries in the order of history, none later than `upTo`, with what is decided about
   * them: one snapshot, not older than `upTo`.
   *
   * @param from where to begin, itself included; undefined after `from` was given once: goes on.
   */
  walk(from: At): AsyncIterable<WalkChunk>;
  /** The next of what committed from `upTo` on, in the order of commits; some the walk gave too. */
  next(): Promise<StreamEvent>;
  /** Ends it; a `next` that waits rejects, and so does every later one. */
  close(): Promise<void>;
}

/** A part of the walk. */
export interface WalkChunk {
  readonly entries: readonly StoredEntry[];
  /** Those that an ack or a skip names. */
  readonly acked: ReadonlySet<EntryId>;
  /** Those that are parked or blocked. An ack wins. */
  readonly parked: ReadonlySet<EntryId>;
  /** Up to where in history it goes: the next begins after it. The last goes up to `upTo`. */
  readonly until: At;
  /** The time of its snapshot: exactly what had committed by then is in it. */
  readonly seenAt: At;
}

/** What the stream tells. */
export type StreamEvent =
  | {
      readonly kind: "entry";
      readonly entry: StoredEntry;
      readonly committed: CommitTime;
      readonly time: At;
    }
  /** Nothing came for a while, and the stream is alive. */
  | { readonly kind: "quiet" }
  /** The collection was dropped or renamed: an operator's act. */
  | { readonly kind: "gone"; readonly what: string };

/** One batch, ready to commit. */
export interface PlannedBatch {
  readonly epoch: Epoch;
  readonly number: BatchNumber;
  readonly entries: readonly EntryId[];
  readonly plan: Plan;
}

/** What taking a lane needs to be sure of. */
export interface Claim {
  readonly incarnation: string;
  readonly epoch: Epoch;
}

/** What the graph says to a claim. */
export type FenceAnswer =
  /** The lane is ours: every older epoch is refused from now on. The journal is as it was before. */
  | { readonly kind: "taken"; readonly journal: Journal; readonly bookmark: string | undefined }
  /** It is the graph of another outbox; nothing was changed. */
  | { readonly kind: "other_incarnation"; readonly found: string }
  /** Its journal is in a format this version does not know; nothing was changed. */
  | { readonly kind: "unknown_format"; readonly found: string }
  /** Somebody holds the lane under this epoch or a newer one; nothing was changed. */
  | { readonly kind: "newer_epoch"; readonly epoch: bigint };

/** What a commit gives back. */
export interface Committed {
  readonly bookmark: string | undefined;
}

/** The graph. No call is ever retried in here. */
export interface GraphPort {
  /** A value as `commit` wants it in a plan's parameters. */
  readonly encode: (value: Value) => unknown;
  /** Takes the lane under a new epoch, in one transaction. */
  fence(claim: Claim): Promise<FenceAnswer>;
  /**
   * Applies a plan together with its journal entry, or nothing at all. Whatever it throws, the batch
   * may have been applied: only the journal knows.
   *
   * The server itself refuses it unless the epoch is the lane's and the number its next.
   */
  commit(batch: PlannedBatch): Promise<Committed>;
  /**
   * The journal, read under the lane's lock, so that a commit still under way is decided first.
   * Undefined when the graph has none.
   */
  readJournal(): Promise<Journal | undefined>;
  /** Makes a uniqueness constraint unless it is there, in a transaction of its own. */
  ensureConstraint(constraint: Constraint): Promise<void>;
  /**
   * Every label that some node of this label has, itself among them; or all labels that there are,
   * where looking at the nodes takes too long.
   */
  labelsBeside(label: string): Promise<readonly string[]>;
  /** How many nodes are stubs: so far only the end of an edge. It costs the server next to nothing. */
  countStubs(): Promise<number>;
  /** Makes an index unless it is there, or a constraint that does its work. */
  ensureIndex(index: RangeIndex): Promise<void>;
  /** Whether one like it is there, whatever its name. */
  hasConstraint(constraint: Constraint): Promise<boolean>;
  /** Whether one like it is there, or a constraint that does its work. */
  hasIndex(index: RangeIndex): Promise<boolean>;
  /** Ends every connection. */
  close(): Promise<void>;
}
