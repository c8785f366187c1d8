import { readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What a process has used. */
export interface Usage {
  /** User and system, in seconds. */
  readonly cpuSeconds: number;
  /** The most memory it ever held, in MiB. */
  readonly peakMiB: number;
}

/** What a process has used so far, from /proc. @throws when there is no such process. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuSeconds: ticks / TICKS_PER_SECOND, peakMiB: Number(peak) / 1024 };
}
