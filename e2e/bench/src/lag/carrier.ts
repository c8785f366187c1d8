import { fileURLToPath } from "node:url";
import { startProcess } from "@outgraph/stack";
import type { RelayStage } from "../relay/relay-stage.ts";

const FLOOR = fileURLToPath(new URL("./floor-main.ts", import.meta.url));

/** A process that carries entries from the outbox of a stage into its graph. */
export interface Carrier extends AsyncDisposable {
  readonly pid: number;
  /** What it last said. */
  log(): string;
}

/** The relay with its defaults, as its users run it. @param env more of its variables. */
export async function relayCarrier(
  { relay }: RelayStage,
  env: Readonly<Record<string, string>> = {},
): Promise<Carrier> {
  await relay.start(env);
  return carrierOf(relay);
}

/** The stage ends the relay. */
export function carrierOf(relay: RelayStage["relay"]): Carrier {
  return {
    pid: relay.pid ?? 0,
    log: () => relay.logTail(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A bare change stream with bare transactions, in the relay's place. */
export async function floorCarrier({ relay }: RelayStage): Promise<Carrier> {
  const child = await startProcess({
    name: "floor",
    command: process.execPath,
    args: [FLOOR],
    env: relay.env,
    ready: /"msg":"reading"/,
  });
  return {
    pid: child.pid,
    log: () => child.logTail(),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}
