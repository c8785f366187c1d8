/** The TypeScript runner: reads commands, calls the client or the writer, prints outcomes. */
import { createInterface } from "node:readline";
import type { Command, Outcome, Said } from "../../src/outcome.ts";
import { Clients } from "./clients.ts";
import { transact } from "./writer.ts";

const clients = new Clients();

async function outcomeOf({ call }: Command): Promise<Outcome> {
  return call.kind === "transact" ? await transact(call) : await clients.call(call);
}

function say(line: Said): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  const { n } = command;
  outcomeOf(command).then(
    (outcome) => say({ n, outcome }),
    (error: unknown) => say({ n, broke: error instanceof Error ? `${error.stack}` : `${error}` }),
  );
}
// Whoever asks waits for its answers first: what is under way now is not wanted any more.
clients.close();
process.exit(0);
