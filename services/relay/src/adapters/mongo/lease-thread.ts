import { Worker } from "node:worker_threads";
import { CallFailed } from "../../call-failed.ts";
import type { Clock } from "../../clock.ts";
import type { Lease } from "../../lease.ts";
import type { LeaseKeeper, LeaseTold } from "../../lease-keeper.ts";
import { beatsIn, monotonicMs } from "./lease-beat.ts";
import type { LeaseThreadSetting, ToRelay, ToThread } from "./lease-messages.ts";
import type { MongoOutboxOptions } from "./mongo-outbox.ts";

/** How often in a lease time the loop shows that it turns. */
const BEATS = 10;

// A path in a text is not rewritten when this is compiled.
const SCRIPT = new URL(
  import.meta.url.endsWith(".ts") ? "./lease-worker.ts" : "./lease-worker.js",
  import.meta.url,
);

interface Kept {
  readonly told: LeaseTold;
  readonly done: () => void;
}

/**
 * Keeps leases from a thread and a connection of its own, so that a fold that keeps the relay's loop
 * busy for long does not lose one. The loop beats into shared memory, and the thread stops when it
 * has not for one lease time: a relay that hangs makes room for another.
 */
export class LeaseThread implements LeaseKeeper {
  readonly #options: MongoOutboxOptions;
  readonly #clock: Clock;
  readonly #beat = beatsIn(new SharedArrayBuffer(8));
  readonly #kept = new Map<number, Kept>();
  #worker: Worker | undefined;
  #starting: Promise<void> | undefined;
  #last = 0;

  constructor(options: MongoOutboxOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async ready(): Promise<void> {
    try {
      this.#starting ??= this.#start();
      await this.#starting;
    } catch (cause) {
      this.#starting = undefined;
      const message = `the thread that renews the lease does not start: ${String(cause)}`;
      throw new CallFailed({ kind: "transient", code: "NoThread", message, cause });
    }
  }

  keep(lease: Lease, told: LeaseTold): () => Promise<void> {
    this.#last += 1;
    const id = this.#last;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const worker = this.#worker;
    if (worker === undefined) {
      told.lost("the thread that renews the lease is not there");
      return async () => {};
    }
    this.#beat.now();
    const beating = setInterval(() => this.#beat.now(), lease.ttlMs / BEATS);
    const done = (): void => {
      clearInterval(beating);
      this.#kept.delete(id);
      resolve();
    };
    this.#kept.set(id, { told, done });
    // The two threads share no clock but this one.
    const askedAt = monotonicMs() - (this.#clock.now() - lease.askedAt);
    this.#say({ kind: "keep", id, lease: { ...lease, askedAt } });
    return async () => {
      this.#say({ kind: "stop", id });
      await ended;
    };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#starting = undefined;
    await worker?.terminate();
  }

  #say(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  async #start(): Promise<void> {
    const setting: LeaseThreadSetting = { ...this.#options, beats: this.#beat.buffer };
    const worker = new Worker(SCRIPT, {
      workerData: setting,
      name: "outgraph-lease",
      // It does next to nothing, and its heap need not grow by sixteen megabytes before it is looked at.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    // It loads the driver first, which takes a good part of a short lease.
    const ready = Promise.withResolvers<void>();
    worker.on("message", (message: ToRelay) => {
      if (message.kind === "ready") ready.resolve();
      else this.#hear(message);
    });
    const gone = (error: unknown): void => {
      ready.reject(error);
      this.#gone(worker, String(error));
    };
    worker.on("error", gone);
    worker.on("exit", () => gone("it ended"));
    await ready.promise;
    worker.unref(); // a process that has nothing else to do may end
    this.#worker = worker;
  }

  #hear(message: Exclude<ToRelay, { kind: "ready" }>): void {
    const kept = this.#kept.get(message.id);
    if (kept === undefined) return;
    switch (message.kind) {
      case "renewed":
        kept.told.renewed(message.askedMs);
        break;
      case "failed":
        kept.told.failed();
        break;
      case "lost":
        kept.done();
        kept.told.lost(message.why);
        break;
      case "stopped":
        kept.done();
    }
  }

  #gone(worker: Worker, why: string): void {
    if (this.#worker === worker) {
      this.#worker = undefined;
      this.#starting = undefined;
    }
    for (const { told, done } of [...this.#kept.values()]) {
      done();
      told.lost(`the thread that renews the lease is gone: ${why}`);
    }
  }
}
