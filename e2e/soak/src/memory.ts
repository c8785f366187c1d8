import { setTimeout as pause } from "node:timers/promises";
import { fill } from "./fill.ts";
import { startRelay } from "./relay.ts";
import type { Servers } from "./servers.ts";

/** What a relay is put under. */
export interface Backlog {
  readonly pending: number;
  /** Of each entry. */
  readonly bytes: number;
  /** How long it may drain; Infinity: until nothing is left. */
  readonly seconds: number;
}

/** What it took. */
export interface MemoryTaken {
  /** The most that was resident at any time, the start included. */
  readonly peakBytes: number;
  /** Processor time. */
  readonly cpuSeconds: number;
  readonly drained: number;
  readonly drainedMs: number;
}

/** Starts a relay over a backlog, lets it drain, and looks at the memory it had. */
export async function measureMemory(
  { client, database, env }: Pick<Servers, "client" | "database" | "env">,
  { pending, bytes, seconds }: Backlog,
  say: (text: string) => void,
): Promise<MemoryTaken> {
  say(`inserting ${pending} entries of ${bytes} bytes`);
  await fill(client.db(database), pending, bytes);
  say("starting the relay");
  await using relay = await startRelay(env);
  const began = performance.now();
  for (;;) {
    await pause(250);
    const drained = await relay.applied();
    const drainedMs = performance.now() - began;
    if (drained >= pending || drainedMs >= seconds * 1_000) {
      return {
        peakBytes: relay.peakBytes(),
        cpuSeconds: relay.cpuSeconds(),
        drained,
        drainedMs,
      };
    }
  }
}
