import type { Clock } from "./clock.ts";
import type { RelaySignalBus, Role } from "./signals.ts";

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
  /** What it has read and not yet applied. Where reading waits for room, there is more behind it. */
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
}

/** How long after its last word the stream counts as alive, in milliseconds. */
const STREAM_SILENCE_MS = 5_000;

/** Keeps the status of a relay, from its signals. */
export class StatusBoard {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #status: Omit<Status, "lagMs" | "lagKnown">;
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
      backlog: { entries: 0, bytes: 0 },
      lagCoarse: false,
      entriesApplied: 0,
      rowsApplied: 0,
      batchesApplied: 0,
      retries: 0,
    };
    this.#listen(signals);
  }

  /** The status now. */
  now(): Status {
    const { role, why, backlog } = this.#status;
    const { oldestMs } = backlog;
    const owns = role === "active" || role === "stopping";
    const heard =
      this.#streamHeardAt !== undefined &&
      this.#clock.now() - this.#streamHeardAt <= STREAM_SILENCE_MS;
    return {
      ...this.#status,
      why: why || [...this.#waiting].map(([task, message]) => `${task}: ${message}`).join("; "),
      lagMs: oldestMs === undefined ? 0 : Math.max(0, this.#clock.wall() - oldestMs),
      lagKnown: owns && (oldestMs !== undefined || heard),
    };
  }

  /** Calls `listener` after every change. Returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #listen(signals: RelaySignalBus): void {
    signals.on("role.changed", ({ role, why = "" }) => {
      this.#set({ role, why, ...(role === "starting" && { backlog: { entries: 0, bytes: 0 } }) });
      if (role !== "active" && role !== "stopping") this.#streamHeardAt = undefined;
    });
    signals.on("outbox.opened", ({ incarnation }) => this.#set({ incarnation }));
    signals.on("lease.taken", ({ epoch }) => this.#set({ epoch }));
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
      this.#set({});
    });
  }

  #set(change: Partial<Omit<Status, "lagMs" | "lagKnown">>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener();
  }
}
