import { BROKEN, counterexampleOf } from "./broken.ts";
import { describe } from "./describe.ts";
import { explore } from "./explore.ts";
import { WHOLE } from "./rules.ts";
import { SCOPES } from "./scopes.ts";
import { worldOf } from "./world.ts";

/** What the explorer found: whether every promise holds, and every protection is needed. */
export interface ExploredAll {
  readonly holds: boolean;
  readonly states: number;
  /** How many protocols that lack a protection broke a promise. */
  readonly shown: number;
}

/** Explores every world, then every protocol that lacks one protection, and says how it goes. */
export function exploreAll(say: (text: string) => void): ExploredAll {
  let total = 0;
  let holds = true;
  for (const scope of SCOPES) {
    const began = Date.now();
    const { states, counterexample } = explore(worldOf(scope, WHOLE));
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    say(`${scope.name}: ${states} states in ${seconds} s`);
    total += states;
    if (counterexample === undefined) continue;
    holds = false;
    say(describe(counterexample));
  }
  let shown = 0;
  for (const broken of BROKEN) {
    const counterexample = counterexampleOf(broken);
    if (counterexample !== undefined) shown += 1;
    const said = counterexample && `${counterexample.steps.length} steps: ${counterexample.wrong}`;
    say(`${broken.name}: ${said ?? "NOTHING SHOWS IT"}`);
  }
  return { holds: holds && shown === BROKEN.length, states: total, shown };
}
