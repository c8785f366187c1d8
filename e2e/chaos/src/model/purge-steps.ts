import { each, NONE, name } from "./entries.ts";
import { ackOf, newestAck, withOutbox } from "./mongodb.ts";
import { DOWN, type Relay, type State } from "./state.ts";
import { broken, type Emit, type World, withRelay } from "./world.ts";

/**
 * Deletes what an old ack names: the journal is asked, the purge horizon raised, the entries and the
 * ack deleted, each a step of its own. Here an ack is old as soon as it is not one of the newest.
 */
export function purgeSteps(state: State, index: number, world: World, emit: Emit): void {
  const relay = state.relays[index] as Relay;
  const { rules, scope } = world;
  if (!scope.purges || relay.phase !== "on") return;
  const { purging, raised } = relay;
  if (purging === 0) {
    begin(state, index, world, emit);
    return;
  }
  if (rules.horizonFirst !== raised) {
    raiseHorizon(state, index, world, emit);
    return;
  }
  remove(state, index, world, emit);
}

function begin(state: State, index: number, { rules, scope }: World, emit: Emit): void {
  const { outbox, graph } = state;
  const { epoch, last, queue } = state.relays[index] as Relay;
  const confirmed = last - queue.length;
  if (!rules.purgeByAck && outbox.entries !== NONE) {
    const oldest = each(outbox.entries)[0] as number;
    const entries = 1 << oldest;
    const gone = withOutbox(state, { entries: outbox.entries & ~entries, horizon: oldest + 1 });
    emit(`purges ${name(entries)}, which is old`, judged(gone, entries, false));
  }
  for (let batch = 1; batch <= newestAck(outbox) - scope.ring; batch += 1) {
    if (ackOf(outbox, batch) === NONE) continue;
    const begun = withRelay(state, index, { purging: batch, raised: false, moved: false });
    if (!rules.purgeAfterJournal) {
      emit(`begins to purge batch ${batch}`, begun);
      return;
    }
    if (graph.epoch > epoch) {
      emit("steps down", withRelay(state, index, DOWN));
      return;
    }
    const moved = graph.epoch < epoch || graph.batch < confirmed || confirmed < batch;
    if (moved) {
      emit("finds that history moved", withRelay(state, index, DOWN));
      return;
    }
    emit(`sees batch ${batch} in the graph, to purge it`, begun);
    return;
  }
}

function raiseHorizon(state: State, index: number, { rules }: World, emit: Emit): void {
  const { outbox } = state;
  const { epoch, purging } = state.relays[index] as Relay;
  // Raised afterwards, it is raised to what is gone.
  const entries = rules.horizonFirst ? ackOf(outbox, purging) : state.appended & ~outbox.entries;
  if (outbox.lease !== epoch && rules.epochOnPurge) {
    emit("steps down", withRelay(state, index, DOWN));
    return;
  }
  const newest = (each(entries).at(-1) ?? -1) + 1;
  const horizon = Math.max(outbox.horizon, newest);
  const next = rules.horizonFirst ? { raised: true } : { raised: false, purging: 0 };
  const raised = withRelay(withOutbox(state, { horizon }), index, next);
  emit("raises the purge horizon", stale(raised, outbox.lease !== epoch));
}

function remove(state: State, index: number, { rules }: World, emit: Emit): void {
  const { outbox } = state;
  const { epoch, purging, moved } = state.relays[index] as Relay;
  if (outbox.lease !== epoch && rules.epochOnPurge) {
    emit("steps down", withRelay(state, index, DOWN));
    return;
  }
  const entries = ackOf(outbox, purging);
  const next = rules.horizonFirst ? { purging: 0, raised: false } : { raised: true };
  const purged = withOutbox(withRelay(state, index, next), {
    entries: outbox.entries & ~entries,
    parked: outbox.parked & ~entries,
    blocked: outbox.blocked & ~entries,
    acks: outbox.acks.map((acked, place) => (place === purging - 1 ? NONE : acked)),
  });
  const wrong = judged(purged, entries, moved);
  emit(`purges batch ${purging} ${name(entries)}`, stale(wrong, outbox.lease !== epoch));
}

/** Nothing may go that is not in the graph, unless that was put back since the look. */
function judged(state: State, entries: number, moved: boolean): State {
  const missing = entries & ~state.graph.applied & ~state.outbox.skipped;
  if (missing === NONE || moved) return state;
  return broken(state, `${name(missing)} was purged and is not in the graph`);
}

function stale(state: State, isStale: boolean): State {
  return isStale ? broken(state, "an owner of old purged") : state;
}
