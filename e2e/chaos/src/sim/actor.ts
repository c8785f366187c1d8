import type { Machine } from "./machine.ts";
import { makeGate } from "./observer.ts";
import { GATE_LATE } from "./operations.ts";
import type { Act, RunPlan } from "./plan.ts";
import type { World } from "./world.ts";

/** Does to a run what is planned for a time, and what people do: orders, gates, backups. */
export class Actor {
  /** Puts MongoDB back to a moment in the midst of the run. */
  restoreMongo: (() => void) | undefined;
  /** When the last fault was over. */
  overAt = 0;
  readonly #world: World;
  readonly #plan: RunPlan;
  readonly #onRestore: () => void;
  #gateMade = false;

  /** @param onRestore told when the graph is about to be put back. */
  constructor(world: World, plan: RunPlan, onRestore: () => void) {
    this.#world = world;
    this.#plan = plan;
    this.#onRestore = onRestore;
  }

  /** Resolves when everything has been done and is over. */
  async act(): Promise<void> {
    const { scheduler } = this.#world.environment;
    const all = this.#plan.acts.map(async (act) => {
      await scheduler.sleep(act.atMs);
      await this.#do(act);
      this.overAt = Math.max(this.overAt, scheduler.now + act.forMs);
    });
    await Promise.all([...all, this.#people()]);
    await scheduler.sleep(this.overAt - scheduler.now);
  }

  /** Makes what some entries wait for. */
  makeGate(): void {
    this.#gateMade = true;
    makeGate(this.#world.graph, GATE_LATE);
  }

  /** Kills whoever owns the lane, or believes that it does. */
  killOwner(): void {
    this.#owner()?.kill();
  }

  async #do({ does, forMs }: Act): Promise<void> {
    const { relays, clients, environment } = this.#world;
    const { faults, scheduler } = environment;
    const owner = this.#owner();
    const where = owner?.name ?? "nobody";
    if (does !== "poison") faults.happened(does, where);
    switch (does) {
      case "kill the owner":
        return owner?.kill();
      case "kill every relay":
        return relays.killAll();
      case "pause the owner":
        return owner?.pause(forMs);
      case "mongodb away":
        return this.#world.away("mongodb", forMs);
      case "neo4j away":
        return this.#world.away("neo4j", forMs);
      case "cut the owner from mongodb":
        return this.#world.away(`mongodb for ${where}`, forMs);
      case "cut the owner from neo4j":
        return this.#world.away(`neo4j for ${where}`, forMs);
      case "restore neo4j":
        return await this.#restoreNeo4j();
      case "poison":
        return await clients.append(clients.operations.poison(scheduler.now));
    }
  }

  async #restoreNeo4j(): Promise<void> {
    const { graph, environment } = this.#world;
    const restore = graph.backup();
    await environment.scheduler.sleep(environment.random.next() * 3_000);
    this.#onRestore();
    restore();
    if (this.#gateMade) this.makeGate();
  }

  /** Orders now and then; a backup of MongoDB; the gate. */
  async #people(): Promise<void> {
    const { environment, relays, outbox } = this.#world;
    const { scheduler, random } = environment;
    const rest = (): Promise<void> => scheduler.sleep(random.next() * 1_500);
    await rest();
    if (this.#plan.restoresMongo) this.restoreMongo = outbox.backup();
    await rest();
    this.makeGate();
    for (let left = random.int(0, 3); left > 0; left--) {
      await rest();
      const { asides } = outbox.parking;
      const parked = asides.filter(({ kind }) => kind === "parked");
      if (random.chance(0.3)) {
        relays.order({ kind: "pause", by: "somebody" });
        await rest();
        relays.order({ kind: "resume" });
      } else if (parked.length === 0 || random.chance(0.3)) relays.order({ kind: "retry_all" });
      else {
        const entry = random.pick(parked).id;
        relays.order(
          random.chance(0.6)
            ? { kind: "retry", entry }
            : { kind: "skip", entry, reason: "hopeless", by: "somebody" },
        );
      }
    }
    // Whatever became of the order to go on.
    relays.order({ kind: "resume" });
  }

  #owner(): Machine | undefined {
    const { active, machines } = this.#world.relays;
    return active.at(-1) ?? machines[0];
  }
}
