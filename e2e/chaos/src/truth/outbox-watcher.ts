import { setTimeout as pause } from "node:timers/promises";
import type { ChangeStreamDocument, Db, Document, MongoClient, ResumeToken } from "mongodb";
import { LEDGER } from "./collections.ts";
import type { OutboxEvent } from "./evidence.ts";
import { outboxEvent, WATCHED } from "./outbox-event.ts";

/** Sees everything that happens in an outbox, in the order of commits, through elections too. */
export class OutboxWatcher implements AsyncDisposable {
  readonly #db: Db;
  readonly #events: OutboxEvent[] = [];
  readonly #open = new Set<string>();
  readonly #aside = new Set<string>();
  readonly #appendedMs = new Map<string, number>();
  readonly #lagMs = new Map<string, number>();
  readonly #marks = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #error: { readonly error: unknown } | undefined;

  /** Begins with what commits from now on. The client stays open for as long as it watches. */
  static async open(client: MongoClient, database: string): Promise<OutboxWatcher> {
    const watcher = new OutboxWatcher(client.db(database));
    await client.withSession(async (session) => {
      await client.db(database).command({ ping: 1 }, { session });
      const startAtOperationTime = session.operationTime;
      if (startAtOperationTime === undefined) throw new Error("MongoDB told no operation time");
      watcher.#running = watcher.#watch({ startAtOperationTime });
    });
    return watcher;
  }

  private constructor(db: Db) {
    this.#db = db;
  }

  get events(): readonly OutboxEvent[] {
    return this.#events;
  }

  /** Entries that are neither acked nor skipped nor set aside. */
  get pending(): readonly string[] {
    return [...this.#open].filter((entry) => !this.#aside.has(entry));
  }

  /** Entries that are set aside, and neither acked nor skipped. */
  get aside(): readonly string[] {
    return [...this.#aside].filter((entry) => this.#open.has(entry));
  }

  /** For each acked entry, how long after its commit its ack was seen, in milliseconds. */
  get lagMs(): ReadonlyMap<string, number> {
    return this.#lagMs;
  }

  /** Waits until `accept` says so; it is asked after every event. Returns whether it did in time. */
  async until(accept: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!accept()) {
      this.#throwIfBroken();
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      await this.#next(leftMs);
    }
    return true;
  }

  /** Waits until it has seen everything that had committed when it was asked. */
  async caughtUp(timeoutMs = 60_000): Promise<void> {
    const mark = crypto.randomUUID();
    await this.#db
      .collection<{ _id: string }>(LEDGER.marks)
      .insertOne({ _id: mark }, { writeConcern: { w: "majority" } });
    if (await this.until(() => this.#marks.has(mark), timeoutMs)) return;
    throw new Error(`the change stream is more than ${timeoutMs} ms behind`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #watch(from: Document): Promise<void> {
    let where: Document = from;
    while (!this.#stop.signal.aborted) {
      const stream = this.#db.watch(PIPELINE, { ...where, maxAwaitTimeMS: 250 });
      const close = (): void => void stream.close().catch(() => {});
      this.#stop.signal.addEventListener("abort", close, { once: true });
      try {
        for await (const change of stream) {
          where = { resumeAfter: change._id as ResumeToken };
          this.#take(change);
        }
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        if (isLost(error)) {
          this.#error = { error };
          this.#wake();
          break;
        }
        await pause(250); // the server is away, and will be back
      } finally {
        this.#stop.signal.removeEventListener("abort", close);
        await stream.close().catch(() => {});
      }
    }
  }

  #take(change: ChangeStreamDocument): void {
    const seen = outboxEvent(change);
    if (typeof seen === "string") this.#marks.add(seen);
    else if (seen !== undefined) {
      this.#events.push(seen);
      this.#count(seen);
    }
    this.#wake();
  }

  #count(event: OutboxEvent): void {
    switch (event.kind) {
      case "appended":
        this.#open.add(event.entry);
        this.#appendedMs.set(event.entry, performance.now());
        break;
      case "acked":
        for (const entry of event.entries) {
          this.#open.delete(entry);
          const since = this.#appendedMs.get(entry);
          if (since !== undefined) this.#lagMs.set(entry, performance.now() - since);
        }
        break;
      case "skipped":
        this.#open.delete(event.entry);
        break;
      case "set_aside":
        this.#aside.add(event.entry);
        break;
      case "forgotten":
        this.#aside.delete(event.entry);
    }
  }

  async #next(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }

  #throwIfBroken(): void {
    if (this.#error !== undefined) throw this.#error.error;
  }
}

const PIPELINE: Document[] = [
  { $match: { "ns.coll": { $in: WATCHED } } },
  { $unset: ["fullDocument.body", "fullDocument.result"] },
];

/** The oplog does not reach back to where it was any more: events are missing for good. */
function isLost(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 286 || code === 280 || code === 260;
}
