import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ManagedProcess, startProcess } from "@outgraph/stack";

/** A relay as a process of its own, as users start it. */
export interface Relay extends AsyncDisposable {
  readonly process: ManagedProcess;
  /** How many entries it has applied. @throws when it is gone, or halted: the error says why. */
  applied(): Promise<number>;
  /** The processor time it took so far, in seconds. */
  cpuSeconds(): number;
  /** The most memory it ever had resident, in bytes. Linux tells. */
  peakBytes(): number;
}

/** Starts the relay of this repository. Resolves when it listens. */
export async function startRelay(env: Readonly<Record<string, string>>): Promise<Relay> {
  const child = await startProcess({
    name: "relay",
    command: process.execPath,
    args: [fileURLToPath(new URL("../../../services/relay/src/main.ts", import.meta.url))],
    env: { OUTGRAPH_LISTEN: "127.0.0.1:0", OUTGRAPH_LOG_LEVEL: "info", ...env },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(child.logTail())?.[1];
  if (url === undefined) throw new Error("the relay did not say where it listens");
  const asked = async (path: string): Promise<string> =>
    await (await fetch(new URL(path, url), { signal: AbortSignal.timeout(30_000) })).text();
  return {
    process: child,
    async applied() {
      const metrics = await asked("/metrics");
      if (/^outgraph_relay_halted 1/m.test(metrics)) throw new Error(await asked("/readyz"));
      return Number(/^outgraph_relay_entries_applied_total (\d+)/m.exec(metrics)?.[1] ?? 0);
    },
    cpuSeconds() {
      const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
      const [user, system] = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .slice(11, 13);
      return (Number(user) + Number(system)) / 100; // Linux counts in hundredths
    },
    peakBytes() {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024;
    },
    [Symbol.asyncDispose]: () => child.stop(),
  };
}
