import { CallFailed } from "@outgraph/relay/test";
import type { CallFault, Faults } from "./faults.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** What a run has one of. */
export interface Environment {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly trace: Trace;
  /** Whether a machine cannot reach a server now. */
  readonly isAway: (machine: Machine, server: Server) => boolean;
}

export type Server = "mongodb" | "neo4j";

/** One way of a message, in milliseconds. */
export function latencyMs(random: Random): number {
  return random.chance(0.03) ? random.next() * 60 : 0.2 + random.next() * 4;
}

/** How long what is late, or slow, takes to arrive, in milliseconds. */
export function delayMs(random: Random): number {
  return random.chance(0.5) ? random.next() * 300 : random.next() * 6_000;
}

/** A port as a machine sees it from afar: calls take time, and some fail. */
export function remote<T extends object>(
  name: string,
  port: T,
  machine: Machine,
  environment: Environment,
): T {
  const known = new Map<string | symbol, unknown>();
  return new Proxy(port, {
    get(target, key) {
      const there = known.get(key);
      if (there !== undefined) return there;
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      const call = `${name}.${String(key)}`;
      const far = (...args: unknown[]): Promise<unknown> =>
        asked(call, () => member.apply(target, args) as Promise<unknown>, machine, environment);
      known.set(key, far);
      return far;
    },
  });
}

/** Asks a server: the question travels, takes effect there, and the answer travels back. */
export function asked<T>(
  call: string,
  ask: () => Promise<T>,
  machine: Machine,
  environment: Environment,
  fault: CallFault | undefined = faultOf(call, machine, environment),
): Promise<T> {
  const { scheduler, random, trace } = environment;
  return new Promise((resolve, reject) => {
    if (fault === "crash_before") machine.kill();
    if (machine.isDead) return;
    const there = latencyMs(random) + (fault === "slow" ? delayMs(random) : 0);
    const back = latencyMs(random);
    const lost = (): void => machine.deliver(() => reject(failed(call)));
    if (fault === "refused") return void scheduler.after(there + back, lost);
    if (fault === "late") scheduler.after(there + back, lost);
    const tellsLost = fault === "reply_lost";
    const answers = fault !== "late" && fault !== "crash_after";
    scheduler.after(fault === "late" ? there + delayMs(random) : there, () => {
      trace.say(scheduler.now, machine.name, call);
      const answer = (act: () => void): void => {
        if (fault === "crash_after") scheduler.after(back, () => machine.kill());
        if (answers) scheduler.after(back, () => (tellsLost ? lost() : machine.deliver(act)));
      };
      ask().then(
        (value) => answer(() => resolve(value)),
        (error: unknown) => answer(() => reject(error)),
      );
    });
    if (fault === "crash_during") machine.kill();
  });
}

/** What goes wrong with a call to MongoDB. */
export function faultOf(
  call: string,
  machine: Machine,
  { faults, isAway }: Environment,
): CallFault | undefined {
  return isAway(machine, "mongodb") ? "refused" : faults.of(machine, call);
}

export function failed(call: string): CallFailed {
  const message = `${call}: the connection was lost`;
  return new CallFailed({ kind: "transient", code: "Lost", message, cause: undefined });
}
