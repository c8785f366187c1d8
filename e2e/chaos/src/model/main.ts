#!/usr/bin/env node
import { parseArgs } from "node:util";
import { BROKEN, counterexampleOf } from "./broken.ts";
import { describe } from "./describe.ts";
import { exploreAll } from "./explore-all.ts";
import { showRuns } from "./quint.ts";
import { quintAll } from "./quint-all.ts";
import { BROKEN_RUNS } from "./random-runs.ts";
import { SCOPES } from "./scopes.ts";

const USAGE = `Explores a model of the protocol as a whole, within small bounds, and runs a Quint specification of it
at random within larger ones.

  pnpm model                  every world, then every protocol that lacks one protection, by both
  pnpm model --only WHAT      explorer, or quint
  pnpm model --broken NAME    how the protocol without that protection breaks a promise, step by step;
                              with --only quint, the states of a random run that does
  pnpm model --list           the worlds, and the names for --broken
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    broken: { type: "string" },
    list: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});
const { only } = values;
const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

if (values.help) process.stdout.write(USAGE);
else if (only !== undefined && only !== "explorer" && only !== "quint") {
  console.error(`--only takes explorer or quint, not ${JSON.stringify(only)}`);
  process.exitCode = 1;
} else if (values.list) list();
else if (values.broken !== undefined) await show(values.broken);
else await all();

function list(): void {
  for (const { name, about } of SCOPES) console.log(`${name}: ${about}`);
  for (const { name, without } of BROKEN) {
    const both = BROKEN_RUNS.some((each) => each.without === without);
    console.log(`--broken ${JSON.stringify(name)}${both ? "" : " (explorer)"}`);
  }
}

async function show(wanted: string): Promise<void> {
  const isWanted = ({ name }: { readonly name: string }): boolean => name === wanted;
  const runs = BROKEN_RUNS.find(isWanted)?.runs;
  const found = BROKEN.find(isWanted);
  if (only === "quint" && runs !== undefined) {
    await endable((signal) => showRuns(runs, signal));
  } else if (only !== "quint" && found !== undefined) {
    const counterexample = counterexampleOf(found);
    console.log(counterexample === undefined ? "nothing shows it" : describe(counterexample));
    if (counterexample === undefined) process.exitCode = 1;
  } else {
    console.error(`nothing is called ${JSON.stringify(wanted)}; --list says what is`);
    process.exitCode = 1;
  }
}

async function all(): Promise<void> {
  const figures: string[] = [];
  let holds = true;
  if (only !== "quint") {
    const explored = exploreAll((text) => console.log(text));
    holds &&= explored.holds;
    figures.push(`states=${explored.states}`, `broken=${explored.shown}`);
  }
  if (only !== "explorer") {
    const ran = await endable((signal) => quintAll((text) => console.log(text), signal));
    if (ran === undefined) return;
    holds &&= ran.holds;
    figures.push(`quint_samples=${ran.samples}`, `quint_broken=${ran.shown}`);
  }
  console.log(`model: ${holds ? "ok" : "violated"} ${figures.join(" ")}`);
  if (!holds) process.exitCode = 1;
}

/**
 * What comes of it; undefined when a signal ended it, with everything that it had started. The explorer works
 * without a pause, and starts nothing: while it does, a signal has its default effect.
 */
async function endable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const onSignal = (name: keyof typeof EXIT_CODE): void => {
    process.exitCode = EXIT_CODE[name];
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
