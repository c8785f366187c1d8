import { type CallFault, Faults } from "../sim/faults.ts";
import { Machine } from "../sim/machine.ts";
import type { Environment } from "../sim/network.ts";
import { Random } from "../sim/random.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { Trace } from "../sim/trace.ts";
import { withVirtualGlobals } from "../sim/virtual-globals.ts";

/** Far longer than any claim takes, in virtual milliseconds. */
const LIMIT_MS = 600_000;

/** A world of the simulation, without anybody in it. */
export class Simulation {
  readonly scheduler: Scheduler = new Scheduler();
  readonly random: Random;
  readonly #trace = new Trace(false);
  #machines = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** A machine of its own, and what goes wrong with its first such call. */
  client(fault?: { readonly call: string; readonly fault: CallFault }): {
    readonly machine: Machine;
    readonly environment: Environment;
  } {
    const { scheduler, random } = this;
    const machine = new Machine(`client-${this.#machines++}`, scheduler);
    const planned = fault === undefined ? [] : [{ ...fault, fromMs: 0, machine: machine.name }];
    const faults = new Faults(scheduler, this.#trace, planned);
    const trace = this.#trace;
    return { machine, environment: { scheduler, random, faults, trace, isAway: () => false } };
  }
}

/** Lets something happen in a world of its own, in virtual time. @throws when it never ends. */
export async function simulated(
  seed: number,
  work: (simulation: Simulation) => Promise<void>,
): Promise<void> {
  const simulation = new Simulation(seed);
  const { scheduler, random } = simulation;
  await withVirtualGlobals(scheduler, random.fork(), async () => {
    Error.stackTraceLimit = 10; // here they are read
    let ended: { readonly error?: unknown } | undefined;
    work(simulation).then(
      () => {
        ended = {};
      },
      (error: unknown) => {
        ended = { error };
      },
    );
    await scheduler.run(() => ended !== undefined, LIMIT_MS);
    if (ended === undefined) throw new Error(`nothing came of it until ${scheduler.now}`);
    if ("error" in ended) throw ended.error;
  });
}
