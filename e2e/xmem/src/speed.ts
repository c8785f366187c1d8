import { MongoClient } from "mongodb";
import { drained } from "./backlog.ts";
import { clear } from "./clear.ts";
import {
  type Comparison,
  compareScan,
  type ScanStats,
  scanStats,
  startScan,
  type Way,
} from "./scan.ts";
import type { Servers } from "./servers.ts";

/** One undisturbed scan of a tree, into empty databases. */
export interface TimedScan {
  readonly way: Way;
  readonly stats: ScanStats;
  /** From the first write until the scanner had ended: documents are committed. */
  readonly committedSeconds: number;
  /** Until everything was in the graph, too. */
  readonly graphSeconds: number;
  readonly comparison: Comparison;
}

/** Scans a tree, and measures. */
export async function timedScan(
  way: Way,
  servers: Servers,
  tree: string,
  env: Readonly<Record<string, string>>,
): Promise<TimedScan> {
  await using mongo = new MongoClient(servers.mongodb_uri);
  await clear(servers);
  await using scanner = await startScan(
    { servers, arm: way, tree, previous: null, commit: "commit-1", holds: [] },
    env,
  );
  const stats = await scanStats(scanner);
  const ended = performance.now();
  if (way === "outgraph") await drained(mongo.db(servers.database));
  const committedSeconds = stats.seconds;
  const graphSeconds = committedSeconds + (performance.now() - ended) / 1_000;
  const comparison = await compareScan(servers, [tree], env);
  return { way, stats, committedSeconds, graphSeconds, comparison };
}
