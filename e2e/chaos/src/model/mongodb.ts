import { type Entries, NONE, union } from "./entries.ts";
import type { Outbox, State } from "./state.ts";

/** The greatest batch that has an ack. */
export function newestAck({ acks }: Outbox): number {
  for (let batch = acks.length; batch > 0; batch -= 1) if (acks[batch - 1] !== NONE) return batch;
  return 0;
}

/** What the ack of a batch names; NONE where there is none. */
export const ackOf = ({ acks }: Outbox, batch: number): Entries => acks[batch - 1] ?? NONE;

/** Everything that an ack of a batch up to this one names. */
export const ackedUpTo = ({ acks }: Outbox, batch: number): Entries => union(acks.slice(0, batch));

/** The state with an ack; as it was where there is one. */
export function writeAck(state: State, batch: number, entries: Entries): State {
  if (ackOf(state.outbox, batch) !== NONE) return state;
  const acks = [...state.outbox.acks];
  while (acks.length < batch) acks.push(NONE);
  acks[batch - 1] = entries;
  return withOutbox(state, { acks });
}

/** The state with the outbox changed. */
export function withOutbox(state: State, change: Partial<Outbox>): State {
  return { ...state, outbox: { ...state.outbox, ...change } };
}
