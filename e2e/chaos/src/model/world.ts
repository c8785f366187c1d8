import { type Entries, NONE, only } from "./entries.ts";
import type { Rules } from "./rules.ts";
import type { Scope } from "./scopes.ts";
import type { Relay, State } from "./state.ts";

/** What does not change while a world is explored. */
export interface World {
  readonly scope: Scope;
  readonly rules: Rules;
  /** The entries that conflict with each. */
  readonly conflicts: readonly Entries[];
}

/** Told every state that can come next, and what has to happen for it. */
export type Emit = (what: string, next: State, kind?: "fault") => void;

/** The world of a scope under these rules. */
export function worldOf(scope: Scope, rules: Rules): World {
  const conflicts = Array.from({ length: scope.entries }, (_, entry) =>
    scope.conflicts.reduce((set, [a, b]) => {
      if (a === entry) return set | only(b);
      return b === entry ? set | only(a) : set;
    }, NONE),
  );
  return { scope, rules, conflicts };
}

/** The state with one relay changed. */
export function withRelay(state: State, index: number, change: Partial<Relay>): State {
  const relays = state.relays.map((relay, at) => (at === index ? { ...relay, ...change } : relay));
  return { ...state, relays };
}

/** The state, in which a promise turns out to be broken. */
export function broken(state: State, wrong: string): State {
  return state.wrong === "" ? { ...state, wrong } : state;
}
