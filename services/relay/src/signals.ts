import type { FailureKind } from "@outgraph/failure";
import { type Signals, signals } from "@outgraph/telemetry";
import type { At } from "./at.ts";

/** What a relay is doing; see `RelayRole` in the contract. */
export type Role = "standby" | "starting" | "active" | "paused" | "halted" | "stopping";

/** What the relay waits for when a call fails in passing. */
export type Task =
  | "set-up"
  | "lease"
  | "fence"
  | "history"
  | "reapply"
  | "read"
  | "schema"
  | "commit"
  | "journal"
  | "ack"
  | "settled"
  | "backlog"
  | "park"
  | "purge";

/** Everything worth knowing about a relay. Logs, metrics and status listen to this list. */
export interface RelaySignals {
  /** It does something else now. */
  readonly "role.changed": { readonly role: Role; readonly why?: string };
  /** The outbox is known. */
  readonly "outbox.opened": { readonly incarnation: string };
  /** Another relay holds the lease. Said once for each wait. */
  readonly "lease.held": { readonly by: string; readonly remainingMs: number };
  /** The lease is this relay's, under a new epoch. */
  readonly "lease.taken": { readonly holder: string; readonly epoch: bigint };
  /** It was renewed; `askedMs` is how long the store took. */
  readonly "lease.renewed": { readonly epoch: bigint; readonly askedMs: number };
  /** It was given back. */
  readonly "lease.released": { readonly epoch: bigint };
  /** The lane is this relay's too, and what it committed last is known. */
  readonly "lane.fenced": { readonly epoch: bigint; readonly batch: bigint };
  /** Acks that the owner before could not write. */
  readonly "history.completed": { readonly batches: number };
  /** The graph was put back: acked batches are to be applied again before anything else. */
  readonly "reapply.began": { readonly from: bigint; readonly to: bigint };
  /** How far that has come, now and then. */
  readonly "reapply.progress": { readonly batch: bigint; readonly to: bigint };
  /** The graph is where it was. */
  readonly "reapply.done": { readonly batch: bigint; readonly durationMs: number };
  /** Everything that was pending at the start is read; the stream goes on from there. */
  readonly "walk.done": { readonly entries: number; readonly durationMs: number };
  /** The stream was read up to now, and nothing is in it. */
  readonly "stream.quiet": { readonly wallMs: number };
  /** What is not yet applied. `oldestMs` is when its oldest entry committed. */
  readonly backlog: {
    readonly entries: number;
    readonly bytes: number;
    readonly oldestMs?: number;
    readonly coarse: boolean;
  };
  /** A batch is in the graph. */
  readonly "batch.applied": {
    readonly epoch: bigint;
    readonly batch: bigint;
    readonly entries: number;
    /** What its entries hold, before the fold. */
    readonly mutations: number;
    /** What they came down to. */
    readonly rows: number;
    readonly bytes: number;
    /** How long folding and planning took. */
    readonly planMs: number;
    /** How long it then waited for constraints and for its place in the ring. */
    readonly waitedMs: number;
    /** From sending it to knowing that it committed, tries that failed included. */
    readonly durationMs: number;
    /** Now minus the commit time of its oldest entry. */
    readonly lagMs: number;
    readonly coarse: boolean;
    /** It was the journal that told, not the reply. */
    readonly found: boolean;
    /** The `traceparent`s of its entries' appends; see `callersOf`. */
    readonly traces: readonly string[];
  };
  /** A commit whose reply was lost turned out to have happened. */
  readonly "batch.found": { readonly batch: bigint; readonly entries: number };
  /** The next batch may have so many rows: what batches took taught it. */
  readonly "batch.sized": { readonly rowsMax: number };
  /** A batch was cut in two. */
  readonly "batch.split": {
    readonly entries: number;
    readonly mutations: number;
    readonly kind: FailureKind;
    readonly message: string;
  };
  /** An entry cannot be applied, and is set aside; again, where it was retried. */
  readonly "entry.parked": {
    readonly entry: string;
    readonly source: string;
    readonly kind: FailureKind;
    readonly message: string;
    readonly attempts: number;
    /** The `traceparent` of its append, where that had one. */
    readonly trace?: string;
  };
  /** So many entries were set aside because they conflict with others that are. */
  readonly "entries.blocked": { readonly entries: number };
  /** Nothing holds so many back any more: they go next. */
  readonly "entries.released": { readonly entries: number };
  /** A person had an entry skipped. */
  readonly "entry.skipped": {
    readonly entry: string;
    readonly by: string;
    readonly reason: string;
  };
  /** How much is set aside now. */
  readonly "aside.counted": { readonly parked: number; readonly blocked: number };
  /** The acks of batches up to this one are in MongoDB. */
  readonly "ack.confirmed": { readonly batch: bigint; readonly acks: number };
  /** A constraint or an index is in place. */
  readonly "schema.ensured": { readonly name: string };
  /** The settled horizon was raised. */
  readonly "settled.raised": { readonly at: At };
  /** The purge horizon was raised, in milliseconds since 1970: ids of that time and before may be gone. */
  readonly "purge.horizon": { readonly toMs: number };
  /**
   * How far the place up to which the stream was read is from falling off the oplog, and how many
   * nodes are stubs; undefined where that cannot be told.
   */
  readonly surveyed: {
    readonly oplogWindowMs: number | undefined;
    readonly stubs: number | undefined;
  };
  /** One of them cannot be told, and will not be as things are. */
  readonly "survey.failed": { readonly what: "oplog" | "stubs"; readonly message: string };
  /** So much was deleted from the outbox, in one transaction. */
  readonly purged: {
    readonly entries: number;
    readonly acks: number;
    readonly durationMs: number;
  };
  /** A call failed in passing, and will be tried again: every single try. */
  readonly "call.retried": {
    readonly task: Task;
    readonly kind: FailureKind;
    readonly attempt: number;
  };
  /** A task began to wait: the first failure after a success, or another one than before. */
  readonly "task.waiting": { readonly task: Task; readonly message: string };
  /** A task that waited goes on. */
  readonly "task.recovered": {
    readonly task: Task;
    readonly afterMs: number;
    readonly attempts: number;
  };
  /** A term is over, and another take-over attempt follows. */
  readonly "term.ended": { readonly kind: "stepped_down" | "broken_off"; readonly why: string };
  /** A person is needed. */
  readonly halted: { readonly why: string };
}

export type RelaySignalBus = Signals<RelaySignals>;

/** An empty list of listeners. */
export function relaySignals(): RelaySignalBus {
  return signals<RelaySignals>();
}
