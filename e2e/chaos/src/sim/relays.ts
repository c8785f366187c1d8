import {
  Desk,
  type MemoryOutbox,
  Neo4jGraph,
  type Order,
  type RelayOptions,
  relay,
  relaySignals,
} from "@outgraph/relay/test";
import { farOutbox } from "./far-outbox.ts";
import { Machine } from "./machine.ts";
import { Neo4jClient } from "./neo4j/client.ts";
import type { GraphStore } from "./neo4j/graph-store.ts";
import type { Environment } from "./network.ts";

/** What relays run on. */
export interface RelayWorld {
  readonly outbox: MemoryOutbox;
  readonly store: GraphStore;
  readonly environment: Environment;
  readonly options: Omit<RelayOptions, "holder">;
}

interface Running {
  readonly machine: Machine;
  readonly desk: Desk;
  readonly stop: AbortController;
  isActive: boolean;
}

/** Some relays, of which each is started again when it was killed. */
export class Relays {
  /** Why relays have halted. */
  readonly halts: string[] = [];
  readonly #world: RelayWorld;
  readonly #running = new Map<number, Running>();
  #started = 0;
  #isOver = false;

  constructor(world: RelayWorld) {
    this.#world = world;
  }

  /** Starts relays in so many places. */
  start(places: number): void {
    for (let place = 0; place < places; place++) this.#start(place);
  }

  /** Those that carry entries, or believe that they do. */
  get active(): readonly Machine[] {
    const all = [...this.#running.values()];
    return all.filter(({ isActive }) => isActive).map(({ machine }) => machine);
  }

  get machines(): readonly Machine[] {
    return [...this.#running.values()].map(({ machine }) => machine);
  }

  /** Gives an order to those that take any. */
  order(order: Order): void {
    for (const { desk, isActive } of this.#running.values()) {
      if (isActive) void desk.give(order);
    }
  }

  /** Tells every relay to stop, and none is started again. Resolves when they have. */
  async stop(): Promise<void> {
    this.#isOver = true;
    for (const { stop } of this.#running.values()) stop.abort();
    while (this.#running.size > 0) await this.#world.environment.scheduler.sleep(50);
  }

  /** Starts relays again after `stop`. */
  resume(places: number): void {
    this.#isOver = false;
    this.start(places);
  }

  /** Kills every relay; they are started again. */
  killAll(): void {
    for (const { machine } of [...this.#running.values()]) machine.kill();
  }

  #start(place: number): void {
    const { environment, outbox, store, options } = this.#world;
    const { scheduler, random, trace } = environment;
    const machine = new Machine(
      `relay-${place}-${this.#started++}`,
      scheduler,
      random.int(-5_000, 5_000),
    );
    const desk = new Desk();
    const stop = new AbortController();
    const running: Running = { machine, desk, stop, isActive: false };
    this.#running.set(place, running);
    const client = new Neo4jClient(store, machine, environment, options.leaseTtlMs * 0.6);
    const signals = relaySignals();
    const say = (text: string): void => trace.say(scheduler.now, machine.name, text);
    signals.on("role.changed", ({ role, why }) => {
      if (machine.isDead) return;
      running.isActive = role === "active" || role === "paused";
      say(`is ${role}${why === undefined ? "" : `: ${why}`}`);
    });
    signals.on("lease.taken", ({ epoch }) => say(`epoch ${epoch}`));
    signals.on("batch.applied", ({ batch, entries, found }) =>
      say(`applied batch ${batch}: ${entries}${found ? ", found" : ""}`),
    );
    signals.on("entry.parked", ({ entry, kind }) => say(`parked ${entry}: ${kind}`));
    signals.on("entries.blocked", ({ entries }) => say(`blocked ${entries}`));
    signals.on("entries.released", ({ entries }) => say(`released ${entries}`));
    signals.on("term.ended", ({ kind, why }) => say(`${kind}: ${why}`));
    machine.onDeath(() => {
      say("is dead");
      this.#gone(place, running, random.next() * 3_000);
    });
    const ports = {
      outbox: farOutbox(outbox, machine, environment),
      graph: new Neo4jGraph(client),
      clock: machine.clock,
      desk,
    };
    const all = { ...options, holder: machine.name };
    relay(ports, all, signals, stop.signal, random.next).then(
      (ended) => {
        if (machine.isDead) return;
        if (ended.kind === "halted") this.halts.push(ended.why);
        this.#gone(place, running, 10_000);
      },
      (error: unknown) => {
        this.halts.push(`the relay threw ${String(error)}`);
        this.#gone(place, running, 10_000);
      },
    );
  }

  #gone(place: number, running: Running, restMs: number): void {
    if (this.#running.get(place) !== running) return;
    this.#running.delete(place);
    if (this.#isOver) return;
    this.#world.environment.scheduler.after(restMs, () => {
      if (!this.#isOver) this.#start(place);
    });
  }
}
