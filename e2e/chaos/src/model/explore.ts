import { encode } from "./encode.ts";
import { isEnd } from "./invariants.ts";
import { next } from "./next.ts";
import { initial, type State } from "./state.ts";
import type { World } from "./world.ts";

/** How a promise can be broken: what has to happen, step by step, as short as can be. */
export interface Counterexample {
  readonly wrong: string;
  readonly steps: readonly { readonly what: string; readonly state: State }[];
}

/** What exploring a world found. */
export interface Explored {
  readonly states: number;
  readonly counterexample: Counterexample | undefined;
}

/**
 * Every state that can be reached, breadth first, until a promise is broken. Where none is, it also
 * sees that from each state the end can be reached by steps that are no faults.
 *
 * @param statesMax throws when there are more: the world was to be small.
 */
export function explore(world: World, statesMax = 5_000_000): Explored {
  const { scope } = world;
  const first = initial(scope.relays, scope.bad, scope.bounds);
  const numberOf = new Map<string, number>([[encode(first), 0]]);
  const cameFrom: number[] = [-1];
  const ends: number[] = [];
  const edges: number[] = []; // from, to: without the faults
  let frontier: State[] = [first];
  let number = 0;
  while (frontier.length > 0) {
    const following: State[] = [];
    for (const state of frontier) {
      let bad: number | undefined;
      next(state, world, (_, after, kind) => {
        const key = encode(after);
        let known = numberOf.get(key);
        if (known === undefined) {
          known = numberOf.size;
          numberOf.set(key, known);
          cameFrom.push(number);
          following.push(after);
          if (after.wrong !== "") bad ??= known;
          else if (isEnd(after, world)) ends.push(known);
        }
        if (kind === undefined) edges.push(number, known);
      });
      const states = numberOf.size;
      if (bad !== undefined)
        return { states, counterexample: trace(world, cameFrom, bad, numberOf) };
      if (states > statesMax) throw new Error(`${scope.name} has more than ${statesMax} states`);
      number += 1;
    }
    frontier = following;
  }
  const stuck = cannotReach(ends, edges, numberOf.size);
  const counterexample = stuck === undefined ? undefined : trace(world, cameFrom, stuck, numberOf);
  return { states: numberOf.size, counterexample };
}

/** The first state from which no end can be reached. */
function cannotReach(
  ends: readonly number[],
  edges: readonly number[],
  states: number,
): number | undefined {
  const starts = new Uint32Array(states + 1); // where the edges into each state begin
  for (let at = 1; at < edges.length; at += 2) bump(starts, (edges[at] as number) + 1, 1);
  for (let state = 0; state < states; state += 1) bump(starts, state + 1, starts[state] as number);
  const place = starts.slice();
  const before = new Uint32Array(edges.length / 2);
  for (let at = 0; at < edges.length; at += 2) {
    const to = edges[at + 1] as number;
    before[place[to] as number] = edges[at] as number;
    bump(place, to, 1);
  }
  const reaches = new Uint8Array(states);
  const open = [...ends];
  for (const end of ends) reaches[end] = 1;
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (let at = starts[state] as number; at < (starts[state + 1] as number); at += 1) {
      const from = before[at] as number;
      if (reaches[from] === 1) continue;
      reaches[from] = 1;
      open.push(from);
    }
  }
  const stuck = reaches.indexOf(0);
  return stuck === -1 ? undefined : stuck;
}

/** How the state is reached, found again from the numbers of the states on the way. */
function trace(
  world: World,
  cameFrom: readonly number[],
  to: number,
  numberOf: ReadonlyMap<string, number>,
): Counterexample {
  const path: number[] = [];
  for (let at = to; at > 0; at = cameFrom[at] as number) path.unshift(at);
  const { scope } = world;
  let state = initial(scope.relays, scope.bad, scope.bounds);
  const steps: { what: string; state: State }[] = [];
  for (const wanted of path) {
    let found: { what: string; state: State } | undefined;
    next(state, world, (what, after) => {
      if (found === undefined && numberOf.get(encode(after)) === wanted)
        found = { what, state: after };
    });
    if (found === undefined) throw new Error("a step of the way is not there any more");
    steps.push(found);
    state = found.state;
  }
  const wrong = state.wrong === "" ? "nothing leads to an end from here" : state.wrong;
  return { wrong, steps };
}

function bump(numbers: Uint32Array, at: number, by: number): void {
  numbers[at] = (numbers[at] as number) + by;
}
