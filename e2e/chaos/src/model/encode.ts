import {
  FAILURES,
  type Flight,
  type Graph,
  type Outbox,
  PHASES,
  type Relay,
  type State,
} from "./state.ts";

/**
 * A state as a short text. Two states have the same one exactly when they differ in nothing but which
 * relay is which, or in which order transactions nobody waits for are written down.
 */
export function encode(state: State): string {
  const codes: number[] = [];
  const { left } = state;
  outbox(codes, state.outbox);
  graph(codes, state.graph);
  codes.push(state.lateFrom, state.bad, state.appended, state.lost);
  list(codes, state.late);
  if (state.outboxBackup === undefined) codes.push(0);
  else outbox(codes, state.outboxBackup);
  if (state.graphBackup === undefined) codes.push(0);
  else graph(codes, state.graphBackup);
  codes.push(left.crashes, left.silences, left.steals, left.people, left.repeats);
  codes.push(left.graphBackups, left.graphRestores, left.outboxBackups, left.outboxRestores);
  const flights = state.flights.map(flightText).sort().join("");
  const relays = state.relays.map(relayText).sort().join("");
  return `${String.fromCharCode(...codes, state.flights.length)}${flights}${relays}${state.wrong}`;
}

function relayText(relay: Relay): string {
  const { phase } = relay;
  if (phase === "down") return "\0";
  const codes = [PHASES.indexOf(phase), relay.epoch];
  if (phase === "leased" || phase === "halted") return String.fromCharCode(...codes);
  codes.push(relay.last, relay.to, relay.seen, relay.parked, relay.blocked);
  codes.push(FAILURES.indexOf(relay.failure), relay.out, relay.purging);
  codes.push((relay.raised ? 1 : 0) + (relay.moved ? 2 : 0) + (relay.doubt ? 4 : 0));
  list(codes, relay.ring);
  list(codes, relay.queue);
  list(codes, relay.parts);
  if (relay.flight === undefined) codes.push(0);
  else flight(codes, relay.flight);
  return String.fromCharCode(...codes);
}

function flightText(one: Flight): string {
  const codes: number[] = [];
  flight(codes, one);
  return String.fromCharCode(...codes);
}

function flight(codes: number[], { epoch, batch, entries, checked }: Flight): void {
  codes.push(epoch, batch, entries, checked ? 1 : 0);
}

function outbox(codes: number[], one: Outbox): void {
  codes.push(one.entries, one.skipped, one.parked, one.blocked, one.lease, one.said, one.horizon);
  list(codes, one.acks);
}

function graph(codes: number[], { epoch, batch, ring, applied }: Graph): void {
  codes.push(epoch, batch, applied);
  list(codes, ring);
}

function list(codes: number[], numbers: readonly number[]): void {
  codes.push(numbers.length, ...numbers);
}
