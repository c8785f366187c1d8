import { waitUntil } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import { drained } from "./backlog.ts";
import { clear } from "./clear.ts";
import type { PythonProgram } from "./python.ts";
import {
  brokenFiles,
  type Comparison,
  compareScan,
  type ScanStats,
  scanStats,
  startScan,
  type Way,
} from "./scan.ts";
import type { Servers } from "./servers.ts";
import { strike, type Victims } from "./strike.ts";

/** Where in a scan something is killed: at which part of the tree; 1 is before the edges. */
export type Kill = readonly [number, Victim];

type Victim = keyof Victims | "scanner";

/** The kills of each scan of each revision; all but the last scan of a revision end with the scanner's. */
export interface Plan {
  readonly first: readonly (readonly Kill[])[];
  readonly second: readonly (readonly Kill[])[];
}

/** Everything, in the midst of files and before the edges, in both revisions. */
export const ALL_KILLS: Plan = {
  first: [
    [
      [0.2, "relay"],
      [0.4, "neo4j"],
      [0.6, "scanner"],
    ],
    [
      [0.8, "relay"],
      [1, "neo4j"],
    ],
  ],
  second: [[[0.5, "scanner"]], [[1, "relay"]]],
};

/** One of each that does not need a Neo4j of our own. */
export const FEW_KILLS: Plan = {
  first: [
    [
      [0.2, "relay"],
      [0.6, "scanner"],
    ],
    [],
  ],
  second: [[]],
};

export interface KilledScanOptions {
  readonly plan: Plan;
  readonly way: Way;
  readonly servers: Servers;
  readonly victims: Victims;
  /** Folders of two revisions. */
  readonly revisions: readonly [string, string];
  readonly env: Readonly<Record<string, string>>;
  readonly onProgress: (text: string) => void;
}

/** What a scan through kills came to. */
export interface KilledScan {
  readonly kills: number;
  /** Files that counted as indexed and were half there, right after each kill of the scanner. */
  readonly halfFiles: number;
  /** When both scans had ended. */
  readonly atEnd: Comparison;
  /** What one more scan, in which nothing has changed, passed over as done. */
  readonly next: ScanStats;
  /** Scans that ended as failed, as something in them did not commit, and were repeated. */
  readonly repeated: number;
  /** Errors of scans that counted as done nevertheless. */
  readonly errors: readonly string[];
}

/**
 * Scans a revision, and then what changed in the next, while the scanner, the relay and Neo4j are
 * killed; each is started again. A scanner that was killed is started with the same work.
 */
export async function scanThroughKills(options: KilledScanOptions): Promise<KilledScan> {
  const { servers, env } = options;
  await clear(servers);
  await using mongo = new MongoClient(servers.mongodb_uri);
  const scan = new Scans(options, mongo);
  const [first, second] = options.revisions;

  for (const plan of options.plan.first)
    await scan.through({ tree: first, previous: null, commit: "commit-1" }, plan);
  for (const plan of options.plan.second)
    await scan.through({ tree: second, previous: first, commit: "commit-2" }, plan);
  await scan.untilApplied();
  const atEnd = await compareScan(servers, options.revisions, env);
  const next = await scan.through({ tree: second, previous: first, commit: "commit-3" }, []);
  return {
    kills: scan.kills,
    halfFiles: scan.halfFiles,
    atEnd,
    next,
    repeated: scan.repeated,
    errors: scan.errors,
  };
}

/** Far longer than MongoDB keeps the transaction of a writer that is gone, in milliseconds. */
const REPEATED_FOR_MS = 300_000;

interface Work {
  readonly tree: string;
  readonly previous: string | null;
  readonly commit: string;
}

class Scans {
  kills = 0;
  halfFiles = 0;
  repeated = 0;
  readonly errors: string[] = [];
  readonly #options: KilledScanOptions;
  readonly #mongo: MongoClient;

  constructor(options: KilledScanOptions, mongo: MongoClient) {
    this.#options = options;
    this.#mongo = mongo;
  }

  /**
   * Runs the scanner to its end, or to its death, which comes last in `plan`; repeats a scan that ended
   * as failed: MongoDB keeps what a killed scanner was about to write from others until it ends that
   * transaction itself.
   */
  async through(work: Work, plan: readonly Kill[]): Promise<ScanStats> {
    const { servers, env, way, victims } = this.#options;
    const kills = plan.filter(([, victim]) => victim === "scanner" || victims[victim]);
    const holds = kills.map(([part]) => part);
    await using scanner = await startScan({ servers, arm: way, ...work, holds }, env);
    const recoveries: Promise<void>[] = [];
    for (const [number, [, victim]] of kills.entries()) {
      const where = await this.#held(scanner, number);
      await Promise.all(recoveries); // one thing at a time is away
      this.kills++;
      this.#options.onProgress(`${victim} killed with the scanner at ${where}`);
      if (victim === "scanner") {
        await scanner.process.kill();
        await this.untilApplied();
        const revisions = work.previous ? [work.previous, work.tree] : [work.tree];
        this.halfFiles += (await brokenFiles(servers, revisions, env)).length;
        return NOTHING;
      }
      const { process } = scanner;
      const writers = { goOn: () => process.resume(), running: () => process.running };
      recoveries.push((await strike(victim, victims, this.#db, writers)).recovery);
    }
    const stats = await scanStats(scanner);
    await Promise.all(recoveries);
    if (!stats.completed) return await this.#repeat(work);
    this.errors.push(...stats.errors);
    return stats;
  }

  async #repeat(work: Work): Promise<ScanStats> {
    return await waitUntil(
      async () => {
        this.repeated++;
        await using scanner = await startScan(
          { servers: this.#options.servers, arm: this.#options.way, ...work, holds: [] },
          this.#options.env,
        );
        const stats = await scanStats(scanner);
        return stats.completed && stats;
      },
      { what: "a scan is completed", timeoutMs: REPEATED_FOR_MS, everyMs: 1_000 },
    );
  }

  async untilApplied(): Promise<void> {
    const { relay } = this.#options.victims;
    if (relay === undefined) return;
    await Promise.race([drained(this.#db), relay.broken]);
  }

  get #db() {
    return this.#mongo.db(this.#options.servers.database);
  }

  async #held(scanner: PythonProgram, number: number): Promise<string> {
    const place = await waitUntil(
      async () => {
        const ended = !scanner.process.running;
        const held = (await scanner.told()).filter((message) => "held" in message)[number];
        return held ? String(held["where"]) : ended && "nowhere";
      },
      { what: "the scanner stands still", timeoutMs: 600_000, everyMs: 10 },
    );
    if (place !== "nowhere") return place;
    await scanner.ended(); // says why, when it failed
    throw new Error(`the scanner ended before it came to its place ${number + 1}`);
  }
}

const NOTHING: ScanStats = {
  ...{ processed: 0, skipped: 0, errored: 0, symbols: 0, call_edges: 0, import_edges: 0 },
  ...{ edges_failed: 0, completed: false, errors: [], seconds: 0, statements: null },
};
