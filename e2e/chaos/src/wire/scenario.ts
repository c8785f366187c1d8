import { setTimeout as pause } from "node:timers/promises";
import { releaseAll } from "./expect.ts";
import type { Kind } from "./kinds.ts";
import type { Place } from "./places.ts";
import { goesOn, heal, type Play, playing } from "./play.ts";
import { PATIENCE_MS } from "./stage.ts";
import { armOnce } from "./wires.ts";

/** What became of one fault at one place. */
export interface Fault {
  readonly place: string;
  readonly kind: string;
  readonly fired: boolean;
  /** What was wrong right after it; the rest is judged later. */
  readonly wrong: string[];
}

/** Lets one request fare badly while the workloads run, heals everything, and sees that it goes on. */
export async function scenario(play: Play, place: Place, kind: Kind): Promise<Fault> {
  const { wires } = play.stage;
  using armed = armOnce(wires[place.wire], place.match, (wire, fired) => {
    const at = wires[place.wire].indexOf(wire);
    const beside = BESIDE[place.wire].flatMap((name) => wires[name][at] ?? []);
    return kind.act(wire, beside, fired);
  });
  return await playing(play, async () => {
    const provoked = place.provoke?.(play).then(
      () => [],
      (error: unknown) => [`what was to provoke it failed: ${String(error)}`],
    );
    await Promise.race([armed.fired, pause(PATIENCE_MS, undefined, { ref: false })]);
    const fired = armed.hasFired;
    await pause(kind.healAfterMs);
    await heal(play);
    const wrong = [...((await provoked) ?? [])];
    if (!(await goesOn(play))) wrong.push("what was appended afterwards did not reach the graph");
    await releaseAll(play.stage);
    return { place: place.name, kind: kind.name, fired, wrong };
  });
}

/** The other wires of the same process. */
const BESIDE = {
  "relay-neo4j": ["relay-mongodb"],
  "relay-mongodb": ["relay-neo4j"],
  "append-mongodb": ["append-rpc"],
  "append-rpc": ["append-mongodb"],
  "writer-mongodb": [],
} as const;
