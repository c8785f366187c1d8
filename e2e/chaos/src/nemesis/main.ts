#!/usr/bin/env node
import { readOptions } from "./options.ts";
import { inWords, planOf } from "./plan.ts";
import { holds, report } from "./report.ts";
import { run } from "./run.ts";

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

const options = readOptions(process.argv.slice(2));
const { minutes, seed, given } = options;
const plan = planOf({ seed, forMs: minutes * 60_000, safeOnly: given !== undefined });
console.log(`chaos: seed ${seed}, ${plan.length} faults in ${minutes} minutes`);
if (options.plan) {
  for (const fault of plan) console.log(inWords(fault));
  process.exit(0);
}

const stop = new AbortController();
let exitCode = 1;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Once: a second one ends the process at once, and the children with it.
  process.once(signal, () => {
    exitCode = EXIT_CODE[signal];
    stop.abort(new Error(signal));
  });
}
try {
  const say = (line: string): void => console.log(`chaos: ${line}`);
  const result = await run(plan, options, say, stop.signal);
  for (const line of report(result, options)) console.log(line);
  exitCode = holds(result) ? 0 : 1;
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(error);
    console.log("chaos: failed");
  }
}
// What was interrupted may still wait for something. Every child ends with this process.
process.exit(exitCode);
