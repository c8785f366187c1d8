#!/usr/bin/env node
import { parseArgs } from "node:util";
import { BROKEN, counterexampleOf } from "./broken.ts";
import { describe } from "./describe.ts";
import { explore } from "./explore.ts";
import { WHOLE } from "./rules.ts";
import { SCOPES } from "./scopes.ts";
import { worldOf } from "./world.ts";

const USAGE = `Explores a model of the protocol as a whole, within small bounds.

  pnpm model                  every world, then every protocol that lacks one protection
  pnpm model --broken NAME    how the protocol without that protection breaks a promise, step by step
  pnpm model --list           the worlds, and the names for --broken
`;

const { values } = parseArgs({
  options: {
    broken: { type: "string" },
    list: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});
// The work is synchronous, so a signal has its default effect; there is nothing to end but this.
if (values.help) process.stdout.write(USAGE);
else if (values.list) list();
else if (values.broken !== undefined) show(values.broken);
else all();

function list(): void {
  for (const { name, about } of SCOPES) console.log(`${name}: ${about}`);
  for (const { name } of BROKEN) console.log(`--broken ${JSON.stringify(name)}`);
}

function show(wanted: string): void {
  const found = BROKEN.find(({ name }) => name === wanted);
  if (found === undefined) {
    console.error(`nothing is called ${JSON.stringify(wanted)}; --list says what is`);
    process.exitCode = 1;
    return;
  }
  const counterexample = counterexampleOf(found);
  console.log(counterexample === undefined ? "nothing shows it" : describe(counterexample));
  if (counterexample === undefined) process.exitCode = 1;
}

function all(): void {
  let total = 0;
  let holds = true;
  for (const scope of SCOPES) {
    const began = Date.now();
    const { states, counterexample } = explore(worldOf(scope, WHOLE));
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    console.log(`${scope.name}: ${states} states in ${seconds} s`);
    total += states;
    if (counterexample === undefined) continue;
    holds = false;
    console.log(describe(counterexample));
  }
  let shown = 0;
  for (const broken of BROKEN) {
    const counterexample = counterexampleOf(broken);
    if (counterexample !== undefined) shown += 1;
    const said = counterexample && `${counterexample.steps.length} steps: ${counterexample.wrong}`;
    console.log(`${broken.name}: ${said ?? "NOTHING SHOWS IT"}`);
  }
  holds &&= shown === BROKEN.length;
  console.log(`model: ${holds ? "ok" : "violated"} states=${total} broken=${shown}`);
  if (!holds) process.exitCode = 1;
}
