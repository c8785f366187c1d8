import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blockingWithoutNeo4j } from "./blocking.ts";
import { compareSequences } from "./compare-sequences.ts";
import { startEngines } from "./engines.ts";
import { goStore } from "./go-store.ts";
import { extentOf, type Options } from "./options.ts";
import { pythonEnvironment, runPython } from "./python.ts";
import { startRelay } from "./relay.ts";
import {
  blockingLines,
  faultsOf,
  killsLine,
  lastLine,
  sequencesLine,
  timedLine,
} from "./report.ts";
import { ALL_KILLS, scanThroughKills } from "./scan-through-kills.ts";
import { serversOf } from "./servers.ts";
import { type TimedScan, timedScan } from "./speed.ts";
import { shortTransactions } from "./transaction-lifetime.ts";

/** With the outbox, and the documents that go with it. */
const DATABASE = "xmem";
/** With the documents of the direct writer. */
const DIRECT_DATABASE = "xmem_direct";

/** The whole proof. True when everything holds. @param line takes what a person reads. */
export async function xmem(
  options: Options,
  line: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => aborted.reject(signal.reason), { once: true });
  await using started = new AsyncDisposableStack();
  return await Promise.race([run(options, line, started), aborted.promise]);
}

async function run(
  options: Options,
  line: (text: string) => void,
  started: AsyncDisposableStack,
): Promise<boolean> {
  const extent = extentOf(options);
  const env = await pythonEnvironment();
  const folder = await mkdtemp(join(tmpdir(), "outgraph-xmem-"));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const tree = async (name: string, files: number): Promise<readonly [string, string]> => {
    await runPython("scan.write_tree", [join(folder, name), `${files}`, `${options.seed}`], env);
    return [join(folder, name, "1"), join(folder, name, "2")];
  };
  const engines = started.use(await startEngines(line));
  const servers = serversOf(engines.mongo, engines.neo4j, DATABASE);
  const direct = { ...servers, database: DIRECT_DATABASE };
  const relay = started.use(await startRelay(servers));
  const whileRelayed = async <T>(work: Promise<T>): Promise<T> =>
    await Promise.race([work, relay.broken]);

  const { ended } = await runPython("signatures", [], env);
  line(`MongoDB ${engines.mongo.version}, Neo4j ${engines.neo4j.version}; random sequences …`);
  const sequences = await whileRelayed(
    compareSequences(servers, env, {
      firstSeed: options.seed,
      sequences: extent.sequences,
      secondsMax: extent.sequenceSecondsMax,
    }),
  );

  line(sequencesLine(sequences));

  line("the Go store's own suite …");
  const victims = { relay, neo4j: engines.neo4j };
  for (const figure of await whileRelayed(goStore(servers, victims)))
    line(`Go           ${figure}`);

  line("undisturbed scans …");
  const [ratioTree] = await tree("ratio", extent.ratioFiles);
  const timed: TimedScan[] = [];
  for (const way of extent.turns) {
    const where = way === "outgraph" ? servers : direct;
    const scan = await whileRelayed(timedScan(way, where, ratioTree, env));
    line(timedLine(scan));
    timed.push(scan);
  }

  line("scans through kills …");
  started.use(await shortTransactions(servers));
  const onProgress = (text: string): void => line(`  ${text}`);
  const outgraph = await scanThroughKills({
    ...{ way: "outgraph", servers, env, onProgress, plan: ALL_KILLS },
    victims,
    revisions: await tree("whole", extent.files),
  });
  line(killsLine("outgraph", outgraph));
  const desynced = await scanThroughKills({
    ...{ way: "direct", servers: direct, env, onProgress, plan: ALL_KILLS },
    victims: { neo4j: engines.neo4j },
    revisions: await tree("direct", extent.directFiles),
  });
  line(killsLine("direct", desynced));

  for (const each of blockingLines(await blockingWithoutNeo4j(servers, engines.neo4j, env)))
    line(each);

  const found = { sequences, signatures: ended as string[], timed, outgraph };
  const faults = faultsOf(found);
  for (const fault of faults) line(fault);
  line(`\n${lastLine(found, faults.length === 0)}`);
  return faults.length === 0;
}
