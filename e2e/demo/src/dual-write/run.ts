import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODEBASE, check } from "@outgraph/checker";
import type { RevisionOf, Revisions } from "../codebase/revisions.ts";
import { writeSources } from "../codebase/write-sources.ts";
import { COLLECTIONS } from "../documents.ts";
import { DATABASE, type Engines } from "../engines.ts";
import { type PlannedKill, plannedKills } from "../kill-points.ts";
import type { Outcome } from "../outcome.ts";
import type { Screen } from "../screen/screen.ts";
import { counted } from "../screen/units.ts";
import type { Job } from "./job.ts";
import { type Life, startLife } from "./life.ts";

export interface DualWriteRun {
  readonly engines: Engines;
  readonly revisions: Revisions;
  readonly repository: string;
  readonly writerKills: number;
  readonly screen: Screen;
}

/** How often the program may end by itself before the demo gives up on it. */
const CRASHES_MAX = 10;

/**
 * The same work with the same kills, done by a program that writes MongoDB, then Neo4j, and is started
 * again whenever it ends before its work is done; then compares.
 */
export async function runDualWrite(options: DualWriteRun): Promise<Outcome> {
  const { engines, revisions, repository, screen } = options;
  const db = engines.client.db(DATABASE);
  for (const name of COLLECTIONS) await db.createCollection(name);
  await db.collection("symbols").createIndex({ file: 1 });

  const both = [revisions.first, revisions.second];
  const [first = 0, second = 0] = both.map(({ changes }) => changes.length);
  const saboteur = new Saboteur(
    plannedKills(first, second, { workerKills: options.writerKills }),
    engines,
    screen,
  );
  const root = await mkdtemp(join(tmpdir(), "outgraph-demo-"));
  try {
    for (const [at, revision] of both.entries()) {
      const folder = join(root, String(at + 1));
      await writeSources(folder, revision.sources);
      const job: Job = {
        mongodbUri: engines.mongo.uri,
        database: DATABASE,
        neo4jUri: engines.neo4j.uri,
        neo4jUser: engines.neo4j.auth?.username ?? "",
        neo4jPassword: engines.neo4j.auth?.password ?? "",
        ...{ folder, repository, revision: at + 1 },
      };
      await ingest(job, revision, at === 0 ? 0 : first, saboteur, screen);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  await saboteur.recovered;

  const checking = screen.phase("compare");
  const verdict = await check({ documents: db, graph: engines.driver }, CODEBASE);
  checking.done("graph read back, and documents projected");
  return {
    verdict,
    files: await db.collection("files").countDocuments(),
    symbols: await db.collection("symbols").countDocuments(),
    entries: await db.collection("ingests").countDocuments(),
    kills: [
      { victim: "writer", times: saboteur.times("worker") },
      { victim: "Neo4j", times: saboteur.times("neo4j") },
    ],
  };
}

/** Brings one revision in, however often the program is killed meanwhile. */
async function ingest(
  job: Job,
  { changes }: RevisionOf,
  before: number,
  saboteur: Saboteur,
  screen: Screen,
): Promise<void> {
  const phase = screen.phase(`revision ${job.revision}`);
  let [begun, done] = [0, 0];
  for (let crashes = 0; ; ) {
    const killsBefore = saboteur.times("worker");
    const life = startLife(job, (told, life) => {
      if (told.kind === "left") {
        begun = done = changes.length - told.files;
      } else if (told.kind === "gave up") {
        screen.line(`    ${screen.paint("yellow", "!")} Neo4j not written: ${told.path}`);
      } else {
        if (told.kind === "begun") saboteur.reached(before + ++begun, life);
        else done++;
        phase.progress(done, changes.length, "files written");
      }
    });
    if (await life.ended) break;
    const killed = saboteur.times("worker") > killsBefore;
    if (!killed && ++crashes > CRASHES_MAX) {
      throw new Error(`the writer ends again and again\n${life.logTail()}`);
    }
  }
  phase.done(`${counted(changes.length, "file")} written, as far as the writer knows`);
}

/** Kills the writer and Neo4j at points of the stream, when files are in the writer's hands. */
class Saboteur {
  readonly #points: PlannedKill[];
  readonly #engines: Engines;
  readonly #screen: Screen;
  readonly #done: PlannedKill["what"][] = [];
  /** Resolves when Neo4j runs again. */
  recovered: Promise<void> = Promise.resolve();

  constructor(points: readonly PlannedKill[], engines: Engines, screen: Screen) {
    this.#points = [...points];
    this.#engines = engines;
    this.#screen = screen;
  }

  times(what: PlannedKill["what"]): number {
    return this.#done.filter((each) => each === what).length;
  }

  reached(begun: number, life: Life): void {
    const next = this.#points[0];
    if (next === undefined || begun < next.at) return;
    this.#points.shift();
    this.#done.push(next.what);
    const name = next.what === "worker" ? "writer" : "Neo4j";
    const inHand = counted(life.inHand, "file");
    this.#screen.line(
      `    ${this.#screen.paint("red", "✗")} ${name} killed with ${inHand} under way; started again`,
    );
    if (next.what === "worker") life.kill();
    else {
      this.recovered = this.#engines.neo4j.kill().then(() => this.#engines.neo4j.restart());
      this.recovered.catch(() => {}); // told to whoever awaits it
    }
  }
}
