import { each, NONE, name, only } from "./entries.ts";
import { ackOf, withOutbox, writeAck } from "./mongodb.ts";
import { run } from "./neo4j.ts";
import { DOWN, type Flight, type Relay, type State } from "./state.ts";
import { broken, type Emit, type World, withRelay } from "./world.ts";

/** Most transactions, and dead relays' acks, that are on their way at once. */
const FLIGHTS_MAX = 2;

/** What writers, people, the network and the dead do. */
export function worldSteps(state: State, world: World, emit: Emit): void {
  append(state, world, emit);
  repeat(state, emit);
  people(state, world, emit);
  landFlights(state, world, emit);
  landAcks(state, emit);
  backups(state, emit);
  putBack(state, emit);
}

/** What may happen to one relay at any time. */
export function relayFaults(state: State, index: number, emit: Emit): void {
  const relay = state.relays[index] as Relay;
  if (relay.phase === "down" || relay.phase === "halted") return;
  const { left, outbox, graph } = state;
  if (left.crashes > 0) {
    const died = die(state, index);
    emit("dies", { ...died, left: { ...left, crashes: left.crashes - 1 } }, "fault");
  }
  if (relay.phase === "leased" || relay.phase === "fenced") return;
  if (outbox.lease !== relay.epoch) emit("learns that it lost the lease", die(state, index));
  // An idle owner looks at the journal now and then.
  const idle = relay.parts.length === 0 && relay.queue.length === 0 && relay.flight === undefined;
  const moved = graph.epoch !== relay.epoch || graph.batch !== relay.last;
  if (relay.phase === "on" && idle && relay.failure === "none" && moved) {
    emit("finds, idle, that history moved", withRelay(state, index, DOWN));
  }
}

/** The process is gone. What it had sent is on its way still. */
function die(state: State, index: number): State {
  const { flight, queue, last } = state.relays[index] as Relay;
  let next = withRelay(state, index, DOWN);
  if (flight !== undefined)
    next = { ...next, flights: [...next.flights, flight].slice(-FLIGHTS_MAX) };
  if (queue.length === 0) return next;
  return { ...next, late: queue, lateFrom: last - queue.length + 1 };
}

function append(state: State, { scope }: World, emit: Emit): void {
  const entry = each(state.appended).length;
  if (entry === scope.entries) return;
  const entries = state.outbox.entries | only(entry);
  const appended = withOutbox({ ...state, appended: state.appended | only(entry) }, { entries });
  emit(`append of ${name(only(entry))}`, appended);
}

/** A caller that lost the answer sends its append again, however late. */
function repeat(state: State, emit: Emit): void {
  const { outbox, appended, lost, left } = state;
  if (left.repeats === 0) return;
  for (const entry of each(appended & ~lost)) {
    if (outbox.entries & only(entry) || entry < outbox.horizon) continue; // the first answer; refused
    const twice = broken(state, `${name(only(entry))} was appended twice`);
    emit(`append of ${name(only(entry))} again`, twice, "fault");
  }
}

/** Somebody mends what made an entry impossible, or has a parked one tried again or skipped. */
function people(state: State, { rules }: World, emit: Emit): void {
  const { left, bad } = state;
  if (left.people === 0) return;
  const spent = { ...state, left: { ...left, people: left.people - 1 } };
  if (bad !== NONE) emit(`a person mends ${name(bad)}`, { ...spent, bad: NONE }, "fault");
  state.relays.forEach((relay, index) => {
    const { phase, parts, out, failure, flight } = relay;
    if (phase !== "on" || parts.length > 0 || out !== NONE) return;
    if (failure !== "none" || flight !== undefined) return;
    for (const entry of each(relay.parked)) {
      const parked = only(entry);
      const who = relayName(index);
      const retried = withRelay(spent, index, { parts: [parked] });
      emit(`a person retries ${name(parked)} at ${who}`, retried, "fault");
      if (state.outbox.lease !== relay.epoch) continue; // refused, as every write of an owner of old
      if (relay.doubt && rules.fenceBeforeSkip) continue; // it starts anew first
      const skipped = withOutbox(spent, { skipped: spent.outbox.skipped | parked });
      emit(
        `a person skips ${name(parked)} at ${who}`,
        withRelay(skipped, index, { out: parked }),
        "fault",
      );
    }
  });
}

/** A transaction that nobody waits for any more runs, if the lane still takes it. */
function landFlights(state: State, world: World, emit: Emit): void {
  state.flights.forEach((flight, place) => {
    const flights = state.flights.filter((_, at) => at !== place);
    const what = `batch ${flight.batch} ${name(flight.entries)} of epoch ${flight.epoch}`;
    if (flight.checked) {
      // It has looked at the lane before, without its lock, and looks at nothing now.
      const blind = { ...world, rules: { ...world.rules, epochCheck: false, batchCheck: false } };
      const ran = run(state, flight, blind);
      if (ran.kind === "committed") emit(`${what} commits late`, { ...ran.state, flights });
      return;
    }
    const ran = run(state, flight, world);
    if (ran.kind === "committed") emit(`${what} commits late`, { ...ran.state, flights });
  });
}

/** The acks that a dead relay had sent arrive, one after another. */
function landAcks(state: State, emit: Emit): void {
  const { late, lateFrom } = state;
  const [entries, ...rest] = late;
  if (entries === undefined) return;
  const there = ackOf(state.outbox, lateFrom);
  // Its insert stops at one that is there with the same name.
  const landed = there === NONE ? writeAck(state, lateFrom, entries) : state;
  emit(`ack ${lateFrom} ${name(entries)} arrives late`, {
    ...landed,
    late: there === NONE ? rest : [],
    lateFrom: rest.length > 0 && there === NONE ? lateFrom + 1 : 0,
  });
}

function backups(state: State, emit: Emit): void {
  const { left, graph, outbox } = state;
  if (left.graphBackups > 0) {
    const bounds = { ...left, graphBackups: left.graphBackups - 1 };
    emit("a backup of Neo4j", { ...state, graphBackup: graph, left: bounds }, "fault");
  }
  if (left.outboxBackups > 0) {
    const bounds = { ...left, outboxBackups: left.outboxBackups - 1 };
    emit("a backup of MongoDB", { ...state, outboxBackup: outbox, left: bounds }, "fault");
  }
}

function putBack(state: State, emit: Emit): void {
  const { left, graphBackup, outboxBackup } = state;
  if (left.graphRestores > 0 && graphBackup !== undefined) {
    const bounds = { ...left, graphRestores: left.graphRestores - 1 };
    // What ran then is gone; who waited for it is told, or finds out. A relay that had lost its lease
    // has learnt it by now: to put a database back takes longer than a lease lasts. (One that was
    // frozen all the while, and thaws before the lane is fenced again, could write under an epoch
    // that is back: whoever puts Neo4j back ends frozen relays first.)
    const relays = state.relays.map((relay): Relay => {
      if (relay.phase !== "halted" && relay.epoch !== state.outbox.lease) return DOWN;
      const grounded: Relay = { ...relay, moved: true, flight: undefined };
      return relay.flight === undefined ? grounded : { ...grounded, failure: "passing" };
    });
    const flights: Flight[] = [];
    emit(
      "Neo4j is put back",
      { ...state, graph: graphBackup, relays, flights, left: bounds },
      "fault",
    );
  }
  if (left.outboxRestores > 0 && outboxBackup !== undefined) {
    const bounds = { ...left, outboxRestores: left.outboxRestores - 1 };
    // Everybody starts anew; transactions on their way to Neo4j may arrive all the same.
    const sent = state.relays.flatMap(({ flight }) => flight ?? []);
    const relays = state.relays.map(() => DOWN);
    const lost = state.lost | (state.appended & ~outboxBackup.entries);
    emit(
      "MongoDB is put back",
      {
        ...state,
        outbox: outboxBackup,
        relays,
        lost,
        late: [],
        lateFrom: 0,
        flights: [...state.flights, ...sent].slice(-FLIGHTS_MAX),
        left: bounds,
      },
      "fault",
    );
  }
}

/** How a trace calls a relay. */
export const relayName = (index: number): string => `relay ${index + 1}`;
