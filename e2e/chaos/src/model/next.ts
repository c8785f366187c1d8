import { carrySteps, sent } from "./carry-steps.ts";
import { relayFaults, relayName, worldSteps } from "./fault-steps.ts";
import { haltedForNothing, quietOwner, wrongWhenQuiet } from "./invariants.ts";
import { purgeSteps } from "./purge-steps.ts";
import { startSteps } from "./start-steps.ts";
import type { State } from "./state.ts";
import { broken, type Emit, type World } from "./world.ts";

/** Everything that can happen next. Nothing, where a promise is broken. */
export function next(state: State, world: World, emit: Emit): void {
  if (state.wrong !== "") return;
  const judged: Emit = (what, after, kind) => emit(what, judge(sent(after, world), world), kind);
  worldSteps(state, world, judged);
  state.relays.forEach((_, index) => {
    const named: Emit = (what, after, kind) => judged(`${relayName(index)} ${what}`, after, kind);
    startSteps(state, index, world, named);
    carrySteps(state, index, world, named);
    purgeSteps(state, index, world, named);
    relayFaults(state, index, named);
  });
}

function judge(state: State, world: World): State {
  if (state.wrong !== "") return state;
  if (haltedForNothing(state, world))
    return broken(state, "a relay halted, and nothing was put back");
  const owner = quietOwner(state, world);
  return owner === undefined ? state : broken(state, wrongWhenQuiet(state, owner, world));
}
