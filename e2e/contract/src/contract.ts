import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGrounds } from "./grounds.ts";
import { play } from "./play.ts";
import { roundTrip } from "./round-trip/round-trip.ts";
import { startRunners } from "./runner.ts";
import type { Servers } from "./services.ts";
import { stockDifferences } from "./stock.ts";
import { judge } from "./table.ts";
import { compareVectors } from "./vectors.ts";
import { judgeWriters } from "./writers.ts";

/** What all of it comes to. */
export interface ContractReport {
  readonly vectors: number;
  readonly outcomes: number;
  /** What is not as it must be; none when every language does as the others do. */
  readonly differences: readonly string[];
}

/**
 * The whole contract: vectors, script, stock clients, round trip, one after another.
 *
 * @param servers the graph is emptied.
 * @param onProgress hears of every step.
 */
export async function contract(
  servers: Servers,
  onProgress: (text: string) => void,
): Promise<ContractReport> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "outgraph-contract-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove); // also when somebody interrupts
  started.defer(remove);
  const runners = started.use(await startRunners(folder, onProgress));
  const vectors = await compareVectors(folder, onProgress);

  onProgress("starting the services");
  const grounds = started.use(await startGrounds(servers, folder));
  const { played, left } = await play(grounds, runners, onProgress);
  const judged = judge(played, left);
  const stock = await stockDifferences(grounds.urls.live, folder, onProgress);
  await grounds[Symbol.asyncDispose](); // the graph follows one outbox only

  const writers = await judgeWriters(servers, runners, onProgress);
  const trip = await roundTrip(servers, runners, onProgress);
  return {
    vectors: vectors.vectors,
    outcomes: judged.outcomes + writers.outcomes,
    differences: [
      ...vectors.differences,
      ...judged.differences,
      ...stock,
      ...writers.differences,
      ...trip,
    ],
  };
}
