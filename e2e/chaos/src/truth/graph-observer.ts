import { setTimeout as pause } from "node:timers/promises";
import type { Driver } from "neo4j-driver";
import { SNAPSHOT_LOG_MAX, type Snapshot } from "./evidence.ts";
import { CANARY } from "./mutations.ts";

/** Waits for the relay's transaction under way, and keeps the next one waiting. Never committed. */
const LOCK = `
MATCH (lane:OutgraphLane) SET lane.lock = lane.lock
RETURN lane.epoch AS epoch, lane.batch AS batch`;

const READ = `
MATCH (n:${CANARY})
RETURN n.id AS key, coalesce(n.log, [])[-${SNAPSHOT_LOG_MAX}..] AS log`;

/** How long one look may take, in milliseconds. */
const LOOK_MS_MAX = 5_000;

/** Looks at the graph now and then while something writes to it. */
export class GraphObserver implements AsyncDisposable {
  readonly #driver: Driver;
  readonly #database: string;
  readonly #stop = new AbortController();
  #snapshots: Snapshot[] = [];
  #running: Promise<void> = Promise.resolve();

  /** @param driver with `useBigInt`. @param everyMs between two looks, in milliseconds. */
  constructor(driver: Driver, everyMs: number, database = "neo4j") {
    this.#driver = driver;
    this.#database = database;
    this.#running = this.#observe(everyMs);
  }

  /** What it saw, in the order of looking. A graph that is not there, or busy for long, is not seen. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  /** Looks once more, now. @throws what the driver throws. */
  async look(): Promise<void> {
    const seen = await this.#look();
    if (seen !== undefined) this.#snapshots.push(seen);
  }

  /** Forgets what it saw, since the graph is going to be put back. */
  forget(): void {
    this.#snapshots = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #observe(everyMs: number): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const into = this.#snapshots;
      // Servers that are away are nothing to observe.
      const seen = await this.#look().catch(() => undefined);
      if (seen !== undefined) into.push(seen);
    }
  }

  async #look(): Promise<Snapshot | undefined> {
    const session = this.#driver.session({ database: this.#database });
    try {
      const tx = await session.beginTransaction({ timeout: LOOK_MS_MAX });
      const lane = (await tx.run(LOCK)).records[0]?.toObject();
      const nodes = (await tx.run(READ)).records.map((record) => ({
        key: String(record.get("key")),
        log: (record.get("log") as bigint[]).map(Number),
      }));
      await tx.rollback();
      if (lane === undefined) return undefined;
      return { epoch: Number(lane["epoch"]), batch: Number(lane["batch"]), nodes };
    } finally {
      await session.close();
    }
  }
}
