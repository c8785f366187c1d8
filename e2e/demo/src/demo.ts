import { readRevisions } from "./codebase/revisions.ts";
import { rxjsSources } from "./default-codebase.ts";
import { runDualWrite } from "./dual-write/run.ts";
import { DATABASE, type Engines, startEngines } from "./engines.ts";
import { nameOf, type Options } from "./options.ts";
import { runOutgraph } from "./outgraph/run.ts";
import { type Services, startServices } from "./outgraph/services.ts";
import { dualWriteLine, lastLine, report } from "./screen/report.ts";
import type { Screen } from "./screen/screen.ts";
import { counted } from "./screen/units.ts";

/**
 * The whole demo. True when the graph is what the documents project to, or when this was not to be
 * expected (`dualWrite`).
 *
 * When `signal` aborts, everything that was started is stopped, and it rejects.
 */
export async function demo(
  options: Options,
  screen: Screen,
  signal: AbortSignal,
): Promise<boolean> {
  await using started = new AsyncDisposableStack();
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => aborted.reject(signal.reason), { once: true });
  const work = run(options, screen, started);
  const good = await Promise.race([work, aborted.promise]);
  if (options.keep) await aborted.promise.catch(() => {}); // Ctrl-C is then the ordinary end
  return good;
}

async function run(
  { path, dualWrite, keep, kills, seed }: Options,
  screen: Screen,
  started: AsyncDisposableStack,
): Promise<boolean> {
  const { folder, name } = path ? { folder: path, name: nameOf(path) } : rxjsSources();
  const way = dualWrite ? "written twice, without Outgraph" : "carried by Outgraph";
  screen.line();
  screen.line(
    screen.paint(
      "bold",
      `The code of ${name} into MongoDB and Neo4j, ${way}, through ${kills + 1} kills`,
    ),
  );
  screen.line();

  const reading = screen.phase("read");
  const repository = name.split(" ")[0] ?? name;
  const revisions = await readRevisions(folder, repository, seed);
  const { first, second, skippedFiles } = revisions;
  const symbols = first.codebase.files.reduce((sum, file) => sum + file.symbols.length, 0);
  const of = (kind: string): number =>
    second.changes.filter((change) => change.kind === kind).length;
  const skipped = skippedFiles > 0 ? `, ${counted(skippedFiles, "file")} skipped` : "";
  reading.done(
    `${counted(first.changes.length, "file")}, ${counted(symbols, "symbol")}${skipped}; then ` +
      `${of("changed")} changed, ${of("added")} new, ${of("deleted")} deleted, ` +
      `${counted(second.renamedSymbols, "symbol")} renamed`,
  );

  const starting = screen.phase("engines");
  const engines = started.use(await startEngines(starting));
  const { mongo, neo4j } = engines;
  starting.done(`MongoDB ${mongo.version} and Neo4j ${neo4j.version}, by ${neo4j.kind}`);

  if (dualWrite) {
    const outcome = await runDualWrite({
      ...{ engines, revisions, repository, writerKills: kills, screen },
    });
    report(screen, outcome);
    if (keep) showAddresses(screen, engines);
    screen.line(`\n${dualWriteLine(outcome)}`);
    return true;
  }
  const serving = screen.phase("services");
  const services = started.use(await startServices(engines));
  serving.done("append and relay, a process each");
  const outcome = await runOutgraph({
    ...{ engines, services, revisions, repository, relayKills: kills, screen },
  });
  report(screen, outcome);
  if (keep) showAddresses(screen, engines, services);
  screen.line(`\n${lastLine(outcome)}`);
  return outcome.verdict.equal;
}

function showAddresses(screen: Screen, { mongo, neo4j }: Engines, services?: Services): void {
  const login = neo4j.auth ? `${neo4j.auth.username} / ${neo4j.auth.password}` : "no login";
  screen.line("\nStill running, until Ctrl-C:");
  screen.line(`  MongoDB   ${mongo.uri}  (database ${DATABASE})`);
  screen.line(`  Neo4j     ${neo4j.uri}  (${login})`);
  if (!services) return;
  screen.line(`  append    ${services.appendUrl}`);
  screen.line(`  relay     ${services.relayUrl()}`);
}
