// The way without Outgraph, as a careful engineer writes it today: an ingest job that stores each
// file in MongoDB, then in Neo4j. In its favour:
// - each side is written in a transaction of its own, in MongoDB committed by a majority;
// - both drivers repeat what fails in passing (Neo4j's managed transactions for 30 seconds), and what
//   then still fails is tried once more, logged, and the job goes on with the next file;
// - it can be started again at any time: a file whose content is stored already is skipped, everything
//   is an upsert, and what is gone is deleted on both sides;
// - unique constraints stand behind every MERGE.
// What it cannot do is make the two commits one. When it ends between them, MongoDB says that the file
// is stored, and no later run looks at it again.
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import type { CodeFile } from "../codebase/codebase.ts";
import { linkCodebase } from "../codebase/link.ts";
import { createParser } from "../codebase/parser.ts";
import { readSources } from "../codebase/source-files.ts";
import { inParallel } from "../pool.ts";
import { deleteEmptyFolders, deleteFromGraph, setUpGraph, writeToGraph } from "./graph.ts";
import type { Job, Told } from "./job.ts";
import { deleteDocuments, type Store, storedFiles, writeDocuments } from "./stored.ts";

/** As many files at once as the demo has appends under way. */
const IN_FLIGHT = 8;

process.once("disconnect", () => process.exit(1)); // the demo is gone

const job = JSON.parse(process.argv[2] ?? "") as Job;
const mongo = new MongoClient(job.mongodbUri, { writeConcern: { w: "majority" } });
const graph = neo4j.driver(job.neo4jUri, neo4j.auth.basic(job.neo4jUser, job.neo4jPassword));
const db = mongo.db(job.database);

await setUpGraph(graph);
const sources = await readSources(job.folder);
const { files } = linkCodebase(job.repository, sources.files, await createParser());
const stored = await storedFiles(db);
const work: Work[] = [
  ...files
    .map((file) => ({ path: file.path, file, fingerprint: fingerprintOf(file) }))
    .filter(({ path, fingerprint }) => stored.get(path) !== fingerprint),
  ...[...stored.keys()]
    .filter((path) => !files.some((file) => file.path === path))
    .map((path) => ({ path })),
];
work.sort((a, b) => (a.path < b.path ? -1 : 1));
tell({ kind: "left", files: work.length });
await inParallel(work, IN_FLIGHT, async (each) => {
  tell({ kind: "begun" });
  await ingest(each);
  tell({ kind: "done" });
});
await deleteEmptyFolders(graph);
await graph.close();
await mongo.close();
process.exit(0); // the channel to the demo would keep it running

interface Work {
  readonly path: string;
  /** Not there: the file is gone. */
  readonly file?: CodeFile;
  readonly fingerprint?: string;
}

async function ingest({ path, file, fingerprint = "" }: Work): Promise<void> {
  const store: Store = { mongo, db, job };
  if (file) await writeDocuments(store, file, fingerprint);
  else await deleteDocuments(store, path);
  const write = (): Promise<void> =>
    file ? writeToGraph(graph, job, file) : deleteFromGraph(graph, job, path);
  try {
    await write();
  } catch (first) {
    console.error(`${path} was not written to Neo4j, trying once more`, first);
    await pause(1_000);
    try {
      await write();
    } catch (error) {
      console.error(`${path} was not written to Neo4j`, error);
      tell({ kind: "gave up", path, why: String(error) });
    }
  }
}

/** Changes with everything that is stored of a file, also with where its imports and calls lead. */
function fingerprintOf(file: CodeFile): string {
  return createHash("sha256").update(JSON.stringify(file)).digest("hex");
}

function tell(told: Told): void {
  process.send?.(told);
}
