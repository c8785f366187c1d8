import { type Entries, each, name, only } from "./entries.ts";
import type { Flight, Graph, State } from "./state.ts";
import { broken, type World } from "./world.ts";

/** What becomes of a transaction when it runs. */
export type Ran =
  | { readonly kind: "committed"; readonly state: State }
  | { readonly kind: "refused" | "poison" };

/** Runs a batch's transaction. It holds the lane's lock from its first look to its commit. */
export function run(state: State, flight: Flight, world: World): Ran {
  if (!admits(state.graph, flight, world)) return { kind: "refused" };
  if ((flight.entries & state.bad) !== 0) return { kind: "poison" };
  return { kind: "committed", state: commit(state, flight, world) };
}

/** Whether the lane takes the batch now. */
export function admits({ epoch, batch }: Graph, flight: Flight, { rules }: World): boolean {
  if (rules.epochCheck && flight.epoch !== epoch) return false;
  return !rules.batchCheck || flight.batch === batch + 1;
}

/** Writes the effects and the journal of a batch. */
export function commit(state: State, flight: Flight, world: World): State {
  const { graph } = state;
  let next = state;
  if (flight.epoch < graph.epoch) next = broken(next, "an old epoch wrote after a newer one");
  next = take(next, flight.entries, world);
  const ring = [flight.entries, ...graph.ring].slice(0, world.scope.ring);
  const { applied } = next.graph;
  return { ...next, graph: { ...graph, batch: flight.batch, ring, applied } };
}

/** Writes effects alone. Sees that none comes twice, and none before what it has to come after. */
export function take(state: State, entries: Entries, { conflicts }: World): State {
  let next = state;
  let { applied } = state.graph;
  for (const entry of each(entries)) {
    const before = (conflicts[entry] ?? 0) & (only(entry) - 1) & state.appended & ~state.lost;
    const missing = before & ~applied & ~state.outbox.skipped;
    if (applied & only(entry)) next = broken(next, `${name(only(entry))} was applied twice`);
    if (state.outbox.skipped & only(entry))
      next = broken(next, `${name(only(entry))} was applied though it was skipped`);
    if (missing !== 0)
      next = broken(next, `${name(only(entry))} was applied before ${name(missing)}`);
    applied |= only(entry);
  }
  return { ...next, graph: { ...next.graph, applied } };
}
