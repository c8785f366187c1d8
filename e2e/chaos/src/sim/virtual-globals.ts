import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { EPOCH_MS } from "./machine.ts";
import type { Random } from "./random.ts";
import type { Planned, Scheduler } from "./scheduler.ts";
import { anyOf, VirtualAbortController } from "./virtual-signal.ts";

const TIME_IS_UP = new DOMException("time is up", "TimeoutError");

interface Run {
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** Whose world it is now. */
let current: Run | undefined;

function run(): Run {
  if (current === undefined) throw new Error("no run is on");
  return current;
}

const RealDate = globalThis.Date;

class VirtualDate extends RealDate {
  constructor(...given: []) {
    if (given.length === 0) super(VirtualDate.now());
    else super(...given);
  }

  static override now(): number {
    return Math.floor(EPOCH_MS + run().scheduler.now);
  }
}

// What modules import by name is seen by those that were loaded before only after a walk over all that Node
// exports, so it is replaced once, and goes on to the real one while no run is on.
const realDelay = timers.setTimeout;
timers.setTimeout = ((ms: number, value: unknown, options?: { signal?: AbortSignal }) =>
  current === undefined
    ? realDelay(ms, value, options)
    : delay(current.scheduler, ms, value, options?.signal)) as never;
syncBuiltinESMExports();

const setVirtualTimeout = (act: () => void, ms = 0): Planned => run().scheduler.after(ms, act);
const clearVirtualTimeout = (timer: Planned | undefined): void => timer?.cancel();
const virtualRandom = (): number => run().random.next();
const virtualNow = (): number => run().scheduler.now;

function timeout(ms: number): AbortSignal {
  const control = new VirtualAbortController();
  run().scheduler.after(ms, () => control.abort(TIME_IS_UP));
  return control.signal;
}

/**
 * Runs `work` in a world whose clocks, timers and random numbers are the run's own, also for code
 * that takes them from the language: without it the writer's retries and deadlines would be of this
 * machine's time. One at a time in a thread.
 */
export async function withVirtualGlobals<T>(
  scheduler: Scheduler,
  random: Random,
  work: () => Promise<T>,
): Promise<T> {
  if (current !== undefined) throw new Error("a run is on");
  const { setTimeout, clearTimeout, AbortController } = globalThis;
  const own = { random: Math.random, now: performance.now };
  const { timeout: ownTimeout, any } = AbortSignal;
  const { stackTraceLimit } = Error;
  current = { scheduler, random };
  // Most errors here are looked at for their codes, and thousands are made; a stack costs more than all else.
  Error.stackTraceLimit = 0;
  globalThis.Date = VirtualDate as DateConstructor;
  globalThis.setTimeout = setVirtualTimeout as never;
  globalThis.clearTimeout = clearVirtualTimeout as never;
  globalThis.AbortController = VirtualAbortController;
  Math.random = virtualRandom;
  performance.now = virtualNow;
  AbortSignal.timeout = timeout;
  AbortSignal.any = anyOf;
  try {
    return await work();
  } finally {
    current = undefined;
    Error.stackTraceLimit = stackTraceLimit;
    globalThis.Date = RealDate;
    globalThis.setTimeout = setTimeout;
    globalThis.clearTimeout = clearTimeout;
    globalThis.AbortController = AbortController;
    Math.random = own.random;
    performance.now = own.now;
    AbortSignal.timeout = ownTimeout;
    AbortSignal.any = any;
  }
}

function delay(
  scheduler: Scheduler,
  ms: number,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = scheduler.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
