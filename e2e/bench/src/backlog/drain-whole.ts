import type { Measured, Stage } from "../benchmark.ts";
import { relayStage } from "../relay/relay-stage.ts";
import { Backlog } from "./backlog.ts";
import { WARM_UP_ENTRIES } from "./drain-rate.ts";
import { waitingOn } from "./waiting.ts";

/** Drains so many entries to the last; the rate is that of all but the first, for which a relay warms up. */
export async function drainWhole(stage: Stage, entries: number): Promise<Measured> {
  await using relays = await relayStage(stage);
  const { relay, graph, meter } = relays;
  const { backlog, acked } = waitingOn(relays);
  await backlog.fillTo(entries);
  await relay.start();
  const from = await acked.until(WARM_UP_ENTRIES);
  const used = meter();
  const began = performance.now();
  const to = await acked.until(entries);
  const value = ((to - from) * 1_000) / (performance.now() - began);
  const notes = used(to - from);
  await graph.mustBe(Backlog.graphOf(0, entries));
  return { value, unit: "entries/s", notes };
}
