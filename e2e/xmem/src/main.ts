#!/usr/bin/env node
import { readOptions } from "./options.ts";
import { xmem } from "./xmem.ts";

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

const options = readOptions(process.argv.slice(2));
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
  const good = await xmem(options, console.log, stop.signal);
  if (!stop.signal.aborted) exitCode = good ? 0 : 1;
} catch (error) {
  if (!stop.signal.aborted) {
    console.log(error instanceof Error ? error.message : error);
    console.log("xmem: failed");
  }
}
// What was interrupted may still wait for something. Every child ends with this process.
process.exit(exitCode);
