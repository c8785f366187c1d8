import { type EntryId, entryIdFor, type Mutation, nodesWhere, updateNodes } from "@outgraph/events";
import type { LedgerEntry } from "../truth/evidence.ts";
import { CANARY, mutationsOf } from "../truth/mutations.ts";
import { anyPlan, gatedPlan, type Plan, plainPlan } from "../truth/plan.ts";
import { EPOCH_MS } from "./machine.ts";
import type { Random } from "./random.ts";

/** What one append is to do; the numbers come from its transaction. */
export interface Operation {
  readonly id: EntryId;
  readonly plan: Plan;
}

const NODES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
/** There only once somebody made it; what needs it is poison until then. */
export const GATE_LATE = "late";
/** Never there: what needs it is poison for ever. */
const GATE_NEVER = "never";
/** Whose entries also change every node, by match. */
const SWEEPER = "sweeper";

/** Makes operations as a seed has it. */
export class Operations {
  readonly #random: Random;
  /** Whether some change every node: until such a one is applied, nearly everything conflicts. */
  readonly #sweeps: boolean;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#sweeps = random.chance(0.3);
  }

  /** @param now since the beginning of the run, in milliseconds: the id carries it. */
  next(now: number): Operation {
    const random = this.#random;
    const chance = random.below(100);
    if (chance < 2) return this.#operation(now, gatedPlan(random.pick(NODES), GATE_NEVER));
    if (chance < 4) return this.#operation(now, gatedPlan(random.pick(NODES), GATE_LATE));
    if (chance < 9 && this.#sweeps) return this.#operation(now, plainPlan(SWEEPER));
    if (chance < 65) return this.plain(now);
    // Big ones take much of the time of a run; a few are enough.
    return this.#operation(now, anyPlan(random, NODES, chance < 90 ? 2 : 3));
  }

  /** One that can always be applied. */
  plain(now: number): Operation {
    return this.#operation(now, plainPlan(this.#random.pick(NODES)));
  }

  /** One that can never be applied. */
  poison(now: number): Operation {
    return this.#operation(now, gatedPlan(this.#random.pick(NODES), GATE_NEVER));
  }

  #operation(now: number, plan: Plan): Operation {
    this.#count += 1;
    const time = new Date(EPOCH_MS + Math.floor(now));
    return { id: entryIdFor(time, `operation ${this.#count}`), plan };
  }
}

/** Whether an entry changes every node there is. */
export function sweeps({ touches }: Pick<LedgerEntry, "touches">): boolean {
  return touches[0]?.node === SWEEPER;
}

/** What an entry of the ledger tells the graph, by match too. */
export function allMutationsOf(entry: LedgerEntry): readonly Mutation[] {
  const own = mutationsOf(entry);
  if (!sweeps(entry)) return own;
  const swept = BigInt(entry.touches[0]?.n ?? 0);
  return [...own, updateNodes(nodesWhere(CANARY), { set: { swept } })];
}
