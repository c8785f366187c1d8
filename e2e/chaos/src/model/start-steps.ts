import { type Entries, NONE, within } from "./entries.ts";
import { ackedUpTo, ackOf, newestAck, withOutbox, writeAck } from "./mongodb.ts";
import { DOWN, type Relay, type State } from "./state.ts";
import { type Emit, type World, withRelay } from "./world.ts";

/** The one way to begin: lease, fence, judge history, ack the ring or apply again, read. */
export function startSteps(state: State, index: number, world: World, emit: Emit): void {
  const relay = state.relays[index] as Relay;
  switch (relay.phase) {
    case "down":
      takeLease(state, index, emit);
      return;
    case "leased":
      fence(state, index, emit);
      return;
    case "fenced":
      judge(state, index, world, emit);
      return;
    case "acking":
      ackRing(state, index, emit);
      return;
    case "reading":
      read(state, index, world, emit);
      return;
    default:
      return;
  }
}

/** Free, run out with its dead holder, or stolen from one that lives. */
function takeLease(state: State, index: number, emit: Emit): void {
  const { outbox, left } = state;
  const epoch = outbox.lease + 1;
  const held = state.relays.some(
    ({ phase, epoch }) => phase !== "down" && phase !== "halted" && epoch === outbox.lease,
  );
  if (held && left.steals === 0) return;
  const taken = withOutbox(state, { lease: epoch });
  const leased = withRelay(taken, index, { ...DOWN, phase: "leased", epoch });
  if (!held) emit("takes the lease", leased);
  else {
    const bounds = { ...left, steals: left.steals - 1 };
    emit("takes the lease, though its holder lives", { ...leased, left: bounds }, "fault");
  }
}

function fence(state: State, index: number, emit: Emit): void {
  const { graph, outbox, left } = state;
  const { epoch } = state.relays[index] as Relay;
  if (graph.epoch >= epoch) {
    // Where the lease is still ours, MongoDB was put back.
    const raised = outbox.lease === epoch ? withOutbox(state, { lease: graph.epoch }) : state;
    emit("finds the lane under a newer epoch", withRelay(raised, index, DOWN));
    return;
  }
  const fenced = { ...state, graph: { ...graph, epoch } };
  const { batch: last, ring } = graph;
  emit("fences the lane", withRelay(fenced, index, { phase: "fenced", last, ring }));
  if (left.silences > 0) {
    const silent = { ...fenced, left: { ...left, silences: left.silences - 1 } };
    emit("fences the lane, and gets no answer", silent, "fault");
  }
}

function judge(state: State, index: number, { rules, scope }: World, emit: Emit): void {
  const { outbox } = state;
  const { last, ring, epoch } = state.relays[index] as Relay;
  const newest = newestAck(outbox);
  const other = ring.some((entries, back) => {
    const acked = ackOf(outbox, last - back);
    return acked !== NONE && acked !== entries;
  });
  const unknown = ring.some(
    (entries, back) => ackOf(outbox, last - back) === NONE && !within(entries, outbox.entries),
  );
  const halt = (why: string): void =>
    emit(`halts: ${why}`, withRelay(state, index, { ...DOWN, phase: "halted", epoch }));
  const behind = last < newest;
  if (rules.judgeHistory) {
    if (behind && other) {
      halt("the two tell different histories");
      return;
    }
    if (!behind && (other || unknown || last - scope.ring > newest)) {
      halt("MongoDB was put back");
      return;
    }
  }
  // It says how it starts, where no newer epoch has; else it is fenced.
  if (outbox.said > epoch) {
    emit("is told of a newer epoch", withRelay(state, index, DOWN));
    return;
  }
  const said = withOutbox(state, { said: epoch });
  if (!behind) {
    const done = !rules.ackTheRing || unacked(state, last, ring).length === 0;
    const judged = done ? readNext(said, index) : withRelay(said, index, { phase: "acking" });
    emit("judges history", judged);
    return;
  }
  if (rules.reapplyWhole && lacks(state, last + 1, newest)) {
    halt("not all can be reapplied");
    return;
  }
  emit("begins to apply again", withRelay(said, index, { phase: "reapplying", to: newest }));
}

function lacks({ outbox }: State, from: number, to: number): boolean {
  for (let batch = from; batch <= to; batch += 1) {
    const entries = ackOf(outbox, batch);
    if (entries === NONE || !within(entries, outbox.entries)) return true;
  }
  return false;
}

/** The acks that the owner before could not write, one after another. */
function ackRing(state: State, index: number, emit: Emit): void {
  const { last, ring, epoch } = state.relays[index] as Relay;
  const [back] = unacked(state, last, ring);
  if (back === undefined) {
    emit("has acked the ring", readNext(state, index));
    return;
  }
  const entries = ring[back] as number;
  if (ackOf(state.outbox, last - back) !== NONE) {
    const halted = withRelay(state, index, { ...DOWN, phase: "halted", epoch });
    emit("halts: an ack names other entries", halted);
    return;
  }
  const acked = writeAck(state, last - back, entries);
  const isLast = unacked(acked, last, ring).length === 0;
  emit(`acks batch ${last - back} of the ring`, isLast ? readNext(acked, index) : acked);
}

/** How far back in the ring batches stand that have no ack, or another; the oldest first. */
function unacked({ outbox }: State, last: number, ring: readonly Entries[]): number[] {
  const backs = ring.flatMap((entries, back) =>
    ackOf(outbox, last - back) === entries ? [] : [back],
  );
  return backs.reverse();
}

const readNext = (state: State, index: number): State =>
  withRelay(state, index, { phase: "reading", ring: [] });

/** Reads what is pending and what is set aside. */
function read(state: State, index: number, { rules, scope }: World, emit: Emit): void {
  const { outbox } = state;
  const { last, epoch } = state.relays[index] as Relay;
  const acked = ackedUpTo(outbox, rules.walkByJournal ? last : outbox.acks.length);
  const decided = acked | outbox.skipped | outbox.parked | outbox.blocked;
  const pending = outbox.entries & ~decided;
  let newest = NONE;
  for (let back = 0; back < scope.ring; back += 1) newest |= ackOf(outbox, last - back);
  const done = (outbox.parked | outbox.blocked) & (newest | outbox.skipped);
  const out = rules.ackWins ? done : NONE;
  // Taking out is guarded by the epoch.
  if (out !== NONE && outbox.lease !== epoch) {
    emit("reads, and is refused", withRelay(state, index, DOWN));
    return;
  }
  const parked = outbox.parked & ~out;
  const blocked = outbox.blocked & ~out;
  const kept = withOutbox(state, { parked, blocked });
  const seen = state.appended & ~pending;
  const change = { phase: "on", ring: [], seen, parked, blocked } as const;
  emit("reads what is pending", withRelay(kept, index, change));
}
