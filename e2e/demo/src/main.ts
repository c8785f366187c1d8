#!/usr/bin/env node
import { demo } from "./demo.ts";
import { readOptions } from "./options.ts";
import { createScreen } from "./screen/screen.ts";

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

const options = readOptions(process.argv.slice(2));
const screen = createScreen(process.stdout);
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
  const equal = await demo(options, screen, stop.signal);
  if (!stop.signal.aborted) exitCode = equal ? 0 : 1;
} catch (error) {
  screen.close();
  if (!stop.signal.aborted) {
    screen.line();
    screen.line(screen.paint("red", error instanceof Error ? error.message : String(error)));
    screen.line("demo: failed");
  }
}
// What was interrupted may still wait for something. Every child ends with this process.
process.exit(exitCode);
