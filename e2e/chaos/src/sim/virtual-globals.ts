import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { EPOCH_MS } from "./machine.ts";
import type { Random } from "./random.ts";
import type { Planned, Scheduler } from "./scheduler.ts";

const TIME_IS_UP = new DOMException("time is up", "TimeoutError");

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
  const own = {
    Date: globalThis.Date,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    random: Math.random,
    timeout: AbortSignal.timeout,
    any: AbortSignal.any,
    now: performance.now,
    delay: timers.setTimeout,
    stackTraceLimit: Error.stackTraceLimit,
  };
  // Most errors here are looked at for their codes, and thousands are made; a stack costs more than all else.
  Error.stackTraceLimit = 0;
  globalThis.Date = virtualDate(scheduler, own.Date);
  globalThis.setTimeout = ((act: () => void, ms = 0) => scheduler.after(ms, act)) as never;
  globalThis.clearTimeout = ((timer: Planned | undefined) => timer?.cancel?.()) as never;
  Math.random = random.next;
  performance.now = () => scheduler.now;
  AbortSignal.timeout = (ms) => {
    const control = new AbortController();
    scheduler.after(ms, () => control.abort(TIME_IS_UP));
    return control.signal;
  };
  AbortSignal.any = anyOf;
  timers.setTimeout = ((ms: number, value: unknown, options?: { signal?: AbortSignal }) =>
    delay(scheduler, ms, value, options?.signal)) as never;
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    globalThis.Date = own.Date;
    globalThis.setTimeout = own.setTimeout;
    globalThis.clearTimeout = own.clearTimeout;
    Math.random = own.random;
    performance.now = own.now;
    AbortSignal.timeout = own.timeout;
    AbortSignal.any = own.any;
    timers.setTimeout = own.delay;
    Error.stackTraceLimit = own.stackTraceLimit;
    syncBuiltinESMExports();
  }
}

/**
 * Node keeps a signal that was made of others alive for as long as anybody listens to it. Processes that
 * were killed listen for ever, and would keep their whole run in memory.
 */
function anyOf(signals: Iterable<AbortSignal>): AbortSignal {
  const control = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) control.abort(signal.reason);
    else signal.addEventListener("abort", () => control.abort(signal.reason), { once: true });
  }
  return control.signal;
}

function virtualDate(scheduler: Scheduler, Real: DateConstructor): DateConstructor {
  const wall = (): number => Math.floor(EPOCH_MS + scheduler.now);
  return class extends Real {
    constructor(...given: []) {
      if (given.length === 0) super(wall());
      else super(...given);
    }

    static override now(): number {
      return wall();
    }
  } as DateConstructor;
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
