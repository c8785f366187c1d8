import { pending, released } from "./carry-steps.ts";
import { each, NONE, name, only } from "./entries.ts";
import { ackedUpTo } from "./mongodb.ts";
import type { Relay, State } from "./state.ts";
import type { World } from "./world.ts";

/** The relay that owns the lane and has nothing left to do, if there is one. */
export function quietOwner(state: State, world: World): Relay | undefined {
  const { outbox, graph } = state;
  return state.relays.find(
    (relay) =>
      relay.phase === "on" &&
      relay.epoch === outbox.lease &&
      relay.epoch === graph.epoch &&
      relay.last === graph.batch &&
      relay.failure === "none" &&
      relay.flight === undefined &&
      [relay.parts.length, relay.queue.length, relay.out].every((left) => left === 0) &&
      released(relay, world) === NONE &&
      pending(state, relay) === NONE,
  );
}

/** What is wrong where everything is quiet; empty when nothing is. */
export function wrongWhenQuiet(state: State, owner: Relay, world: World): string {
  const { outbox, graph, appended, lost } = state;
  const { applied } = graph;
  const aside = outbox.parked | outbox.blocked;
  const there = appended & ~lost;
  const missing = there & ~applied & ~outbox.skipped & ~aside;
  if (missing !== NONE) return `${name(missing)} is lost: nobody will apply it any more`;
  if ((applied & lost) !== NONE)
    return `${name(applied & lost)} is in the graph, and its documents are gone`;
  if ((aside & applied) !== NONE) return `${name(aside & applied)} is in the graph, and set aside`;
  const unsaid = applied & outbox.entries & ~ackedUpTo(outbox, outbox.acks.length);
  if (unsaid !== NONE) return `${name(unsaid)} is in the graph, and no ack says so`;
  if (outbox.parked !== owner.parked || outbox.blocked !== owner.blocked) {
    return "the owner does not know what is set aside";
  }
  for (const entry of each(outbox.blocked)) {
    const held = (world.conflicts[entry] ?? 0) & (only(entry) - 1) & aside;
    if (held === NONE) return `${name(only(entry))} is blocked, and nothing holds it back`;
  }
  return "";
}

/** Whether a relay halted where nothing was put back: then it should not have. */
export function haltedForNothing({ relays, left }: State, { scope }: World): boolean {
  const { graphRestores, outboxRestores } = scope.bounds;
  const putBack = left.graphRestores < graphRestores || left.outboxRestores < outboxRestores;
  return !putBack && relays.some(({ phase }) => phase === "halted");
}

/** Whether nothing is left to hope for: all is decided, or a person has to look at a halted relay. */
export function isEnd(state: State, world: World): boolean {
  return (
    quietOwner(state, world) !== undefined || state.relays.some(({ phase }) => phase === "halted")
  );
}
