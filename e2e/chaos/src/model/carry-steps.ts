import { count, type Entries, each, NONE, name, oldest, only } from "./entries.ts";
import { ackOf, withOutbox, writeAck } from "./mongodb.ts";
import { admits, commit, run, take } from "./neo4j.ts";
import { DOWN, type Flight, type Relay, type State } from "./state.ts";
import { broken, type Emit, type World, withRelay } from "./world.ts";

/** Carrying entries into the graph: one try after another, acks beside them. */
export function carrySteps(state: State, index: number, world: World, emit: Emit): void {
  const relay = state.relays[index] as Relay;
  if (relay.phase !== "on" && relay.phase !== "reapplying") return;
  acknowledge(state, index, world, emit);
  if (relay.flight !== undefined) {
    answer(state, index, relay.flight, world, emit);
    return;
  }
  if (relay.failure !== "none") {
    lookUp(state, index, world, emit);
    return;
  }
  if (relay.phase === "reapplying") {
    applyAgain(state, index, emit);
    return;
  }
  if (relay.out !== NONE) {
    takeOut(state, index, emit);
    return;
  }
  if (relay.parts.length > 0) return; // it waits for an ack
  choose(state, index, world, emit);
}

/** Blocked entries that no earlier one holds back any more. They go before all others. */
export function released({ parked, blocked }: Relay, { conflicts }: World): Entries {
  let holding = parked;
  let free = NONE;
  for (const entry of each(blocked)) {
    const holders = (conflicts[entry] ?? 0) & (only(entry) - 1) & holding;
    if (holders === NONE) free |= only(entry);
    else holding |= only(entry);
  }
  return free;
}

/** Entries that it knows of, and neither took nor found decided. */
export const pending = ({ appended, lost }: State, { seen }: Relay): Entries =>
  appended & ~lost & ~seen;

/** The next batch: what was released, else the oldest that have come, and as many as have come. */
function choose(state: State, index: number, world: World, emit: Emit): void {
  const relay = state.relays[index] as Relay;
  const free = released(relay, world);
  if (free !== NONE) {
    const batch = oldest(free, world.scope.batchMax);
    emit(`takes ${name(batch)}, released`, withRelay(state, index, { parts: [batch] }));
    return;
  }
  const waiting = pending(state, relay);
  for (let size = 1; size <= Math.min(count(waiting), world.scope.batchMax); size += 1) {
    const batch = oldest(waiting, size);
    const held = heldBack(batch, relay.parked | relay.blocked, world);
    const seen = relay.seen | batch;
    const parts = batch === held ? [] : [batch & ~held];
    const taken = withRelay(state, index, { seen, parts });
    const blocked = setAside(taken, index, NONE, held, world);
    emit(
      `takes ${name(batch)}${held === NONE ? "" : `, of which ${name(held)} is blocked`}`,
      blocked,
    );
  }
}

/** Those that conflict with what is set aside, or with one another that does. */
function heldBack(entries: Entries, aside: Entries, { conflicts, rules }: World): Entries {
  if (!rules.blockDependants) return NONE;
  let held = NONE;
  for (const entry of each(entries)) {
    if ((conflicts[entry] ?? 0) & (aside | held)) held |= only(entry);
  }
  return held;
}

/** Records what is set aside, as the owner: else it steps down. */
function setAside(
  state: State,
  index: number,
  park: Entries,
  block: Entries,
  { rules }: World,
): State {
  if (park === NONE && block === NONE) return state;
  const { outbox } = state;
  const relay = state.relays[index] as Relay;
  const stale = outbox.lease !== relay.epoch;
  if (stale && rules.epochOnPark) return withRelay(state, index, DOWN);
  const parked = relay.parked | park;
  const blocked = (relay.blocked & ~park) | block;
  const known = withRelay(state, index, { parked, blocked });
  if (!rules.recordAside) return known;
  const recorded = withOutbox(known, {
    parked: outbox.parked | park,
    blocked: (outbox.blocked & ~park) | block,
  });
  return stale ? broken(recorded, "an owner of old set something aside") : recorded;
}

/**
 * The state in which every relay has sent what it can send. Nobody else sees that, so it is no step of
 * its own; whether the batch ever gets there is another matter.
 */
export function sent(state: State, world: World): State {
  let next = state;
  state.relays.forEach((relay, index) => {
    const { phase, parts, flight, failure, out, epoch, last } = relay;
    const [entries] = parts;
    if (phase !== "on" || entries === undefined) return;
    if (flight !== undefined || failure !== "none" || out !== NONE) return;
    const batch = last + 1;
    if (world.rules.boundOnAcks && confirmed(state, relay, world) < batch - world.scope.ring)
      return;
    next = withRelay(next, index, { flight: { epoch, batch, entries, checked: false } });
  });
  return next;
}

/** The newest batch whose ack, and every one before, is known to be there. */
function confirmed({ outbox }: State, { last, queue }: Relay, { rules }: World): number {
  if (rules.acksInOrder) return last - queue.length;
  // Of acks written side by side, the newest says nothing about the others.
  for (let batch = last; batch > last - queue.length; batch -= 1) {
    if (ackOf(outbox, batch) !== NONE) return batch;
  }
  return last - queue.length;
}

function applyAgain(state: State, index: number, emit: Emit): void {
  const { epoch, last, to } = state.relays[index] as Relay;
  if (last === to) {
    emit("has applied again", withRelay(state, index, { phase: "reading", to: 0 }));
    return;
  }
  const entries = ackOf(state.outbox, last + 1);
  const flight = { epoch, batch: last + 1, entries, checked: false };
  emit(`sends batch ${last + 1} ${name(entries)} again`, withRelay(state, index, { flight }));
}

/** The transaction runs and Neo4j answers, or it does not. */
function answer(state: State, index: number, flight: Flight, world: World, emit: Emit): void {
  const { left } = state;
  const grounded = { flight: undefined };
  const what = `batch ${flight.batch} ${name(flight.entries)}`;
  const learn = (committed: State): void =>
    emit(`commits ${what}`, applied(withRelay(committed, index, grounded), index, flight.entries));
  if (world.rules.lockBeforeRead) {
    const ran = run(state, flight, world);
    if (ran.kind === "committed") learn(ran.state);
    else {
      const failure = ran.kind === "poison" ? "poison" : "refused";
      emit(`is refused ${what}: ${failure}`, withRelay(state, index, { ...grounded, failure }));
    }
  } else if (flight.checked) learn(commit(state, flight, world));
  else if (admits(state.graph, flight, world)) {
    const checked = { flight: { ...flight, checked: true } };
    emit(`looks at the lane for ${what}`, withRelay(state, index, checked));
  } else emit(`is refused ${what}`, withRelay(state, index, { ...grounded, failure: "refused" }));
  if (left.silences === 0) return;
  const failed = withRelay(state, index, { ...grounded, failure: "passing", doubt: true });
  const silent = { ...failed, left: { ...left, silences: left.silences - 1 } };
  const flights = [...state.flights, flight];
  emit(`gets no answer about ${what}`, { ...silent, flights }, "fault");
  if (world.rules.journalInTransaction || !admits(state.graph, flight, world)) return;
  emit(
    `writes ${name(flight.entries)}, but not the journal`,
    take(silent, flight.entries, world),
    "fault",
  );
}

/** What the journal says about a try that failed. */
function lookUp(state: State, index: number, world: World, emit: Emit): void {
  const { graph } = state;
  const relay = state.relays[index] as Relay;
  const { rules } = world;
  const again = withRelay(state, index, { failure: "none" });
  if (!rules.readJournal && relay.failure === "passing") {
    // Whatever became of the try, the next one goes under the next number that the lane takes.
    const blind = withRelay(again, index, { last: graph.batch });
    emit("tries again without a look at the journal", blind);
    return;
  }
  if (graph.epoch > relay.epoch) {
    emit("steps down", withRelay(state, index, DOWN));
    return;
  }
  const found = graph.batch === relay.last + 1 ? graph.ring[0] : undefined;
  if (graph.epoch === relay.epoch && graph.batch === relay.last) {
    if (relay.failure === "refused") {
      emit("steps down", withRelay(state, index, DOWN));
      return;
    }
    if (relay.failure === "passing" || relay.phase === "reapplying") {
      emit("finds nothing applied", again);
      return;
    }
    isolate(again, index, world, emit);
    return;
  }
  if (graph.epoch === relay.epoch && found !== undefined) {
    const mine = relay.parts[0];
    if (!rules.trustTheRing && found !== mine) {
      // It takes the number for somebody else's, and its own batch for not applied.
      emit("goes on with its batch", withRelay(again, index, { last: graph.batch }));
      return;
    }
    emit(`finds ${name(found)} in the ring`, applied(again, index, found));
    return;
  }
  emit("finds that history moved", withRelay(state, index, DOWN));
}

/** Cuts a batch that holds an entry that cannot be applied; parks one that is alone. */
function isolate(state: State, index: number, world: World, emit: Emit): void {
  const { parts } = state.relays[index] as Relay;
  const [part, ...rest] = parts as [Entries, ...Entries[]];
  const size = count(part);
  if (size > 1) {
    const first = oldest(part, Math.ceil(size / 2));
    const halves = [first, part & ~first, ...rest];
    emit(`cuts ${name(part)}`, withRelay(state, index, { parts: halves }));
    return;
  }
  const after = rest.reduce((all, one) => all | one, NONE);
  const held = heldBack(after, part, world);
  const left = rest.map((one) => one & ~held).filter((one) => one !== NONE);
  const parked = setAside(withRelay(state, index, { parts: left }), index, part, held, world);
  emit(`parks ${name(part)}${held === NONE ? "" : `, and blocks ${name(held)}`}`, parked);
}

/** These are in the graph under the next number: their ack is queued, the rest goes on. */
function applied(state: State, index: number, entries: Entries): State {
  const relay = state.relays[index] as Relay;
  const last = relay.last + 1;
  if (relay.phase === "reapplying") {
    return withRelay(
      state,
      index,
      entries === ackOf(state.outbox, last) ? { last, doubt: false } : DOWN,
    );
  }
  const aside = relay.parked | relay.blocked;
  const mine = relay.parts.reduce((all, part) => all | part, aside);
  if ((entries & ~mine) !== NONE) return withRelay(state, index, DOWN); // history moved
  const parts = relay.parts.map((part) => part & ~entries).filter((part) => part !== NONE);
  const out = entries & aside;
  const queue = [...relay.queue, entries];
  return withRelay(state, index, { last, parts, out, queue, doubt: false });
}

/** Takes out of what is set aside what was applied, its ack once confirmed, or skipped. */
function takeOut(state: State, index: number, emit: Emit): void {
  const { out, queue, epoch } = state.relays[index] as Relay;
  if (queue.length > 0 && (out & ~state.outbox.skipped) !== NONE) return;
  if (state.outbox.lease !== epoch) {
    emit("steps down", withRelay(state, index, DOWN));
    return;
  }
  emit(`takes out ${name(out)}`, forget(state, index, out));
}

function forget(state: State, index: number, out: Entries): State {
  const { parked, blocked } = state.relays[index] as Relay;
  const { outbox } = state;
  const change = { out: NONE, parked: parked & ~out, blocked: blocked & ~out };
  return withOutbox(withRelay(state, index, change), {
    parked: outbox.parked & ~out,
    blocked: outbox.blocked & ~out,
  });
}

/** The oldest ack of the queue is written, and confirmed. */
function acknowledge(state: State, index: number, { rules }: World, emit: Emit): void {
  const { queue, last, epoch } = state.relays[index] as Relay;
  queue.forEach((entries, place) => {
    if (place > 0 && rules.acksInOrder) return;
    const batch = last - queue.length + 1 + place;
    const there = ackOf(state.outbox, batch);
    if (there !== NONE && there !== entries) {
      const halted = withRelay(state, index, { ...DOWN, phase: "halted", epoch });
      emit("halts: an ack names other entries", halted);
      return;
    }
    if (place > 0 && there !== NONE) return;
    const written = writeAck(state, batch, entries);
    const next = place > 0 ? written : withRelay(written, index, { queue: queue.slice(1) });
    emit(`acks batch ${batch} ${name(entries)}`, next);
  });
}
