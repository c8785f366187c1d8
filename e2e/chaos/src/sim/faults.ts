import type { Machine } from "./machine.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** What can go wrong with a call. */
export type CallFault =
  /** It fails, and nothing has happened. */
  | "refused"
  /** It takes effect, and whoever called is told that it failed. */
  | "reply_lost"
  /** Whoever called is told that it failed, and it takes effect some time later. */
  | "late"
  /** It takes long. */
  | "slow"
  /** The server ends the transaction: a deadlock, a write conflict. */
  | "aborted"
  /** The transaction's time is up. */
  | "timed_out"
  /** Whoever calls dies before the call leaves. */
  | "crash_before"
  /** Whoever calls dies when the call has left. */
  | "crash_during"
  /** Whoever calls dies when the answer comes. */
  | "crash_after";

/** A fault of one call, planned: the next such call from a time on has it. */
export interface CallPlan {
  readonly fault: CallFault;
  /** Such as "graph.commit.batch". */
  readonly call: string;
  readonly fromMs: number;
  /** Kinds of machine whose calls it is about: the start of their names. */
  readonly machine: string;
}

/** The faults of one run. */
export class Faults {
  /** What happened, and how often. */
  readonly fired: Map<string, number> = new Map();
  readonly #scheduler: Scheduler;
  readonly #trace: Trace;
  #waiting: CallPlan[];

  constructor(scheduler: Scheduler, trace: Trace, planned: readonly CallPlan[]) {
    this.#scheduler = scheduler;
    this.#trace = trace;
    this.#waiting = [...planned];
  }

  /** Those that have not happened so far. */
  get waiting(): readonly CallPlan[] {
    return this.#waiting;
  }

  /** What goes wrong with a call that is about to be made. */
  of(machine: Machine, call: string): CallFault | undefined {
    if (this.#waiting.length === 0) return undefined;
    const { now } = this.#scheduler;
    const found = this.#waiting.find(
      (plan) => plan.fromMs <= now && plan.call === call && machine.name.startsWith(plan.machine),
    );
    if (found === undefined) return undefined;
    this.#waiting = this.#waiting.filter((plan) => plan !== found);
    this.happened(`${found.fault} ${call}`, machine.name);
    return found.fault;
  }

  /** A fault that is not one of a call. */
  happened(fault: string, where: string): void {
    this.fired.set(fault, (this.fired.get(fault) ?? 0) + 1);
    this.#trace.say(this.#scheduler.now, `fault: ${fault} (${where})`);
  }
}
