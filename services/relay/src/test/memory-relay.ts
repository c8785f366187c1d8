import type { EntryId } from "@outgraph/events";
import { RETENTION_MS_DEFAULT } from "@outgraph/outbox";
import { Desk, type Order, type Outcome } from "../desk.ts";
import type { RelayOptions } from "../options.ts";
import { type RelayEnded, relay } from "../relay.ts";
import { type RelaySignalBus, type RelaySignals, relaySignals } from "../signals.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryGraph } from "./memory-graph.ts";
import { MemoryOutbox } from "./memory-outbox.ts";

/** A relay that runs on ports in memory, in time that passes as fast as it can. */
export interface RunningRelay {
  readonly signals: RelaySignalBus;
  /** Where it takes orders. */
  readonly desk: Desk;
  /** Gives it an order, and lets time pass until it answers. */
  order(order: Order): Promise<Outcome>;
  /** Everything it said, in order. */
  readonly said: readonly { readonly name: keyof RelaySignals; readonly payload: unknown }[];
  /** Those of one name. */
  of<K extends keyof RelaySignals>(name: K): RelaySignals[K][];
  /** Lets time pass until a signal comes. */
  until<K extends keyof RelaySignals>(
    name: K,
    accept?: (payload: RelaySignals[K]) => boolean,
  ): Promise<RelaySignals[K]>;
  /** Tells it to stop, and lets time pass until it has. */
  stop(): Promise<RelayEnded>;
  /** Lets time pass until it ends by itself. */
  ended(): Promise<RelayEnded>;
}

const OPTIONS: RelayOptions = {
  holder: "one",
  leaseTtlMs: 10_000,
  batchRowsMax: 5,
  batchBytesMax: 1_000_000,
  batchTargetMs: 1_000,
  retryMsMax: 1_000,
  onPoison: "park",
  parkedInARowMax: 5,
  retentionMs: RETENTION_MS_DEFAULT,
  schema: "ensure",
  stopGraceMs: 10_000,
};

const NAMES = [
  "role.changed",
  "outbox.opened",
  "lease.held",
  "lease.taken",
  "lease.released",
  "lane.fenced",
  "history.completed",
  "reapply.began",
  "reapply.progress",
  "reapply.done",
  "walk.done",
  "batch.applied",
  "batch.found",
  "batch.split",
  "entry.parked",
  "entries.blocked",
  "entries.released",
  "entry.skipped",
  "aside.counted",
  "ack.confirmed",
  "settled.raised",
  "call.retried",
  "task.waiting",
  "task.recovered",
  "term.ended",
  "halted",
] as const satisfies readonly (keyof RelaySignals)[];

/** An outbox, a graph and a clock, and relays between them. */
export class MemoryWorld {
  readonly clock: ManualClock = new ManualClock();
  readonly outbox: MemoryOutbox = new MemoryOutbox(this.clock);
  readonly graph: MemoryGraph = new MemoryGraph();
  readonly #running: { control: AbortController; done: Promise<unknown> }[] = [];

  /** Starts a relay. */
  relay(options: Partial<RelayOptions> = {}): RunningRelay {
    const signals = relaySignals();
    const said: { name: keyof RelaySignals; payload: unknown }[] = [];
    for (const name of NAMES) signals.on(name, (payload) => said.push({ name, payload }));
    const control = new AbortController();
    const desk = new Desk();
    const ports = { outbox: this.outbox, graph: this.graph, clock: this.clock, desk };
    const done = relay(ports, { ...OPTIONS, ...options }, signals, control.signal, () => 0.5);
    this.#running.push({ control, done });
    return {
      signals,
      desk,
      order: (order) => this.clock.until(desk.give(order)),
      said,
      of: <K extends keyof RelaySignals>(name: K) =>
        said.filter((each) => each.name === name).map(({ payload }) => payload as RelaySignals[K]),
      until: (name, accept) => this.clock.until(signals.next(name, accept)),
      stop: () => {
        control.abort();
        return this.clock.until(done);
      },
      ended: () => this.clock.until(done),
    };
  }

  /** Lets time pass until it is so. */
  async until(isSo: () => boolean): Promise<void> {
    await this.clock.until(
      (async () => {
        while (!isSo()) await this.clock.sleep(20);
      })(),
    );
  }

  /** Lets time pass until so many entries have confirmed acks. */
  async acked(entries: number): Promise<void> {
    await this.until(() => this.ackedEntries().length >= entries);
  }

  /** Every entry that an ack names, in the order of batches. */
  ackedEntries(): EntryId[] {
    const acks = [...this.outbox.acks.values()].sort((a, b) => Number(a.batch - b.batch));
    return acks.flatMap(({ entries }) => entries);
  }

  /** Ends every relay that still runs. */
  async end(): Promise<void> {
    for (const { control } of this.#running) control.abort();
    for (const { done } of this.#running) await this.clock.until(done);
  }
}
