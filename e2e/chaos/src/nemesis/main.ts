#!/usr/bin/env node
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "./options.ts";
import { inWords, planOf } from "./plan.ts";
import { holds, report } from "./report.ts";
import { run } from "./run.ts";
import { ScratchRefused } from "./scratch.ts";

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

const options = readOptions(process.argv.slice(2));
const { minutes, seed, given } = options;
const plan = planOf({ seed, forMs: minutes * 60_000, safeOnly: given !== undefined });
console.log(`chaos: seed ${seed}, ${plan.length} faults in ${minutes} minutes`);
if (options.plan) {
  for (const fault of plan) console.log(inWords(fault));
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "outgraph-chaos-"));
const stop = new AbortController();
let exitCode = 1;
let keep = true; // also when it does not come to an end
const end = (): never => {
  if (!keep) rmSync(folder, { recursive: true, force: true });
  // What was interrupted may still wait for something. Every child ends with this process.
  process.exit(exitCode);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    exitCode = EXIT_CODE[signal];
    keep = options.keep;
    // In servers of others there is something to remove; a second signal ends that, too.
    if (given === undefined) end();
    stop.abort(new Error(signal));
  });
}
const say = (line: string): void => console.log(`chaos: ${line}`);
try {
  const result = await run(plan, options, folder, say, stop.signal);
  keep = options.keep || !holds(result);
  exitCode = holds(result) ? 0 : 1;
  if (keep) say(`logs, and what was judged: ${folder}`);
  for (const line of report(result, options)) console.log(line);
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(error instanceof ScratchRefused ? `chaos: ${error.message}` : error);
    keep = !(error instanceof ScratchRefused);
    if (keep) say(`logs: ${folder}`);
    console.log("chaos: failed");
  }
}
end();
