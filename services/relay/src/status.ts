import type { Clock } from "./clock.ts";
import type { RelaySignalBus, Role } from "./signals.ts";
import { STREAM_SILENCE_MS } from "./stream-silence.ts";

/** A relay at one moment. */
export interface Status {
  readonly role: Role;
  /** Why it halted, or what it waits for; empty when all is well. */
  readonly why: string;
  /** The outbox it serves; empty until that is known. */
  readonly incarnation: string;
  readonly holder: string;
  /** The epoch it holds or last held; 0 before the first. */
  readonly epoch: bigint;
  /** The last batch in the graph, as far as this relay knows. */
  readonly batch: bigint;
  /** Whether it owns the lane: else it knows nothing of what waits in the outbox. */
  readonly owns: boolean;
  /** What is committed and not yet applied, parked and blocked entries left out; nothing where it does not own the lane. */
  readonly backlog: {
    readonly entries: number;
    readonly bytes: number;
    readonly oldestMs?: number;
  };
  readonly lagMs: number;
  /** False when nothing is known of the outbox: at a standby, or while the stream is silent. */
  readonly lagKnown: boolean;
  readonly lagCoarse: boolean;
  readonly entriesApplied: number;
  readonly rowsApplied: number;
  readonly batchesApplied: number;
  readonly retries: number;
  /** What it waits for now: calls that fail in passing. */
  readonly waitingTasks: number;
  /** Whether it holds the lease, as far as it knows. */
  readonly leaseHeld: boolean;
  /** What is set aside; undefined where this relay does not own the lane, and cannot know. */
  readonly aside: { readonly parked: number; readonly blocked: number } | undefined;
  /** Nodes that so far are only an edge's end; undefined when not known. */
  readonly stubs: number | undefined;
  /** How far the stream is from falling off the oplog; undefined when not known. */
  readonly oplogWindowMs: number | undefined;
  /** Batches that the graph lacks because it was put back, and that are applied again. */
  readonly batchesToReapply: number;
}

/** What follows from the rest, each time somebody looks. */
type Derived = "owns" | "lagMs" | "lagKnown" | "waitingTasks";

/** Roles in which a relay owns the lane, and so knows what waits in the outbox. */
const OWNING: ReadonlySet<Role> = new Set(["active", "paused", "stopping"]);

/** What nobody knows who does not own the lane. */
const UNKNOWN = {
  backlog: { entries: 0, bytes: 0 },
  lagCoarse: false,
  aside: undefined,
  stubs: undefined,
  oplogWindowMs: undefined,
  batchesToReapply: 0,
} as const satisfies Partial<Status>;

/** Keeps the status of a relay, from its signals. */
export class StatusBoard {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #status: Omit<Status, Derived>;
  readonly #waiting = new Map<string, string>();
  #streamHeardAt: number | undefined;

  constructor(holder: string, signals: RelaySignalBus, clock: Clock) {
    this.#clock = clock;
    this.#status = {
      role: "starting",
      why: "",
      incarnation: "",
      holder,
      epoch: 0n,
      batch: 0n,
      leaseHeld: false,
      entriesApplied: 0,
      rowsApplied: 0,
      batchesApplied: 0,
      retries: 0,
      ...UNKNOWN,
    };
    this.#listen(signals);
  }

  /** The status now. */
  now(): Status {
    const { role, why, backlog } = this.#status;
    const { oldestMs } = backlog;
    const owns = OWNING.has(role);
    const heard =
      this.#streamHeardAt !== undefined &&
      this.#clock.now() - this.#streamHeardAt <= STREAM_SILENCE_MS;
    return {
      ...this.#status,
      owns,
      why: why || [...this.#waiting].map(([task, message]) => `${task}: ${message}`).join("; "),
      lagMs: oldestMs === undefined ? 0 : Math.max(0, this.#clock.wall() - oldestMs),
      lagKnown: owns && (oldestMs !== undefined || heard),
      waitingTasks: this.#waiting.size,
    };
  }

  /** Calls `listener` after every change. Returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #listen(signals: RelaySignalBus): void {
    signals.on("role.changed", ({ role, why = "" }) => {
      if (OWNING.has(role)) {
        this.#set({ role, why });
      } else {
        this.#streamHeardAt = undefined;
        this.#set({ role, why, ...UNKNOWN });
      }
    });
    signals.on("outbox.opened", ({ incarnation }) => this.#set({ incarnation }));
    signals.on("lease.taken", ({ epoch }) => this.#set({ epoch, leaseHeld: true }));
    signals.on("lease.released", () => this.#set({ leaseHeld: false }));
    signals.on("aside.counted", (aside) => this.#set({ aside }));
    signals.on("surveyed", ({ stubs, oplogWindowMs }) => this.#set({ stubs, oplogWindowMs }));
    signals.on("reapply.began", ({ from, to }) =>
      this.#set({ batchesToReapply: Number(to - from) + 1 }),
    );
    signals.on("reapply.progress", ({ batch, to }) =>
      this.#set({ batchesToReapply: Number(to - batch) }),
    );
    signals.on("reapply.done", () => this.#set({ batchesToReapply: 0 }));
    signals.on("lane.fenced", ({ batch }) => this.#set({ batch }));
    signals.on("stream.quiet", () => {
      this.#streamHeardAt = this.#clock.now();
    });
    signals.on("backlog", ({ coarse, ...backlog }) => {
      if (backlog.entries > 0) this.#streamHeardAt = this.#clock.now();
      this.#set({ backlog, lagCoarse: coarse });
    });
    signals.on("batch.applied", ({ batch, entries, rows }) => {
      const { entriesApplied, rowsApplied, batchesApplied } = this.#status;
      this.#set({
        batch,
        entriesApplied: entriesApplied + entries,
        rowsApplied: rowsApplied + rows,
        batchesApplied: batchesApplied + 1,
      });
    });
    signals.on("call.retried", () => this.#set({ retries: this.#status.retries + 1 }));
    signals.on("task.waiting", ({ task, message }) => {
      this.#waiting.set(task, message);
      this.#set({});
    });
    signals.on("task.recovered", ({ task }) => {
      this.#waiting.delete(task);
      this.#set({});
    });
    signals.on("term.ended", () => {
      this.#waiting.clear();
      this.#set({ leaseHeld: false });
    });
  }

  #set(change: Partial<Omit<Status, Derived>>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener();
  }
}
