import { readdirSync, readFileSync } from "node:fs";
import type { MongoServer, Neo4jServer } from "@outgraph/stack";
import { usageOf } from "../process-usage.ts";

/** Processes by name, as they stand in notes. */
export type Processes = Readonly<Record<string, number>>;

/** The servers' processes, and this one, which writes and looks. */
export function serverProcesses(mongo: MongoServer, neo4j: Neo4jServer): Processes {
  return {
    mongod: mongo.members[0]?.pid ?? 0,
    neo4j: processOn(neo4j.dataDir ?? ""),
    bench: process.pid,
  };
}

/**
 * From now on: what each process uses.
 *
 * @returns what tells, when asked, the CPU seconds for 1,000 entries and the peak memory of each.
 */
export function cpuMeter(processes: Processes): (entries: number) => Record<string, number> {
  const named = Object.entries(processes);
  const before = new Map(named.map(([name, pid]) => [name, usageOf(pid).cpuSeconds]));
  return (entries) =>
    Object.fromEntries(
      named.flatMap(([name, pid]) => {
        const { cpuSeconds, peakMiB } = usageOf(pid);
        const spent = cpuSeconds - (before.get(name) ?? 0);
        return [
          [`${name}CpuSecondsPer1000`, (1_000 * spent) / entries],
          [`${name}PeakMiB`, peakMiB],
        ];
      }),
    );
}

/** The process that was started with this folder. The largest, as what watches over it is told it too. */
function processOn(folder: string): number {
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const told = readFileSync(`/proc/${name}/cmdline`, "utf8");
        if (folder === "" || !told.includes(folder)) return [];
        return [{ pid: Number(name), peakMiB: usageOf(Number(name)).peakMiB }];
      } catch {
        return []; // it is gone
      }
    });
  const pid = found.sort((a, b) => b.peakMiB - a.peakMiB)[0]?.pid;
  if (pid === undefined) throw new Error(`no process on ${folder}`);
  return pid;
}
