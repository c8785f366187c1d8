import { expect, test } from "vitest";
import { BROKEN, counterexampleOf } from "./broken.ts";
import { describe } from "./describe.ts";
import { explore } from "./explore.ts";
import { WHOLE } from "./rules.ts";
import { SCOPES, small } from "./scopes.ts";
import { worldOf } from "./world.ts";

const PATIENCE = { timeout: 300_000 };

test.each(SCOPES.map(small))("$name: every promise holds in a small world", PATIENCE, (scope) => {
  const { states, counterexample } = explore(worldOf(scope, WHOLE));

  expect(counterexample && describe(counterexample)).toBeUndefined();
  expect(states).toBeGreaterThan(500);
});

test.each(BROKEN)("$name: breaks a promise", PATIENCE, (broken) => {
  const counterexample = counterexampleOf(broken);

  expect(counterexample?.wrong).toBeTruthy();
  expect(counterexample?.steps.length).toBeGreaterThan(4);
});
