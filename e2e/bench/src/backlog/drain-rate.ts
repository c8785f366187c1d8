import type { Measured } from "../benchmark.ts";
import { Backlog } from "./backlog.ts";
import { laneOf } from "./journal.ts";
import type { Waiting } from "./waiting.ts";

/** So many entries a relay carries before anything counts: its batches are large, and it is warm, by then. */
export const WARM_UP_ENTRIES = 20_000;

/** So many entries are timed, however many wait. */
const TIMED_ENTRIES = 10_000;

/**
 * Starts a relay over a backlog, lets it get warm, and pauses it until exactly `pending` entries wait;
 * then times the next ten thousand, from being resumed to their ack. The relay ends afterwards.
 */
export async function drainRate(
  { stage: { relay, graph, meter }, backlog, acked }: Waiting,
  pending: number,
): Promise<Measured> {
  await graph.empty();
  const first = await acked.look();
  await backlog.fillTo(first + WARM_UP_ENTRIES + pending);
  await relay.start();
  await acked.until(first + WARM_UP_ENTRIES);
  await relay.pause();
  const from = await acked.untilBatch((await laneOf(graph.driver)).batch);
  await backlog.fillTo(from + pending);

  const used = meter();
  const began = performance.now();
  await relay.resume();
  const to = await acked.until(from + TIMED_ENTRIES);
  const value = ((to - from) * 1_000) / (performance.now() - began);
  const notes = used(to - from);

  await relay.stop();
  await graph.mustBe(Backlog.graphOf(first, await acked.look()));
  return { value, unit: "entries/s", notes };
}
