/**
 * Writes the lock list of a Neo4j version: `node packages/stack/scripts/lock-neo4j.ts 5.26.12`.
 *
 * Run it once for each version that is added to src/neo4j-release.ts, on a machine whose Maven
 * repository you trust, and review the list as you would a package manager's lock file.
 */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Of } from "../src/digest.ts";
import { downloadNeo4j, lockFile } from "../src/install-neo4j.ts";
import { NEO4J_RELEASES, type Neo4jVersion } from "../src/neo4j-release.ts";

const version = process.argv[2] ?? "";
if (!(version in NEO4J_RELEASES)) {
  console.error(`usage: lock-neo4j.ts ${Object.keys(NEO4J_RELEASES).join(" | ")}`);
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), "outgraph-lock-"));
try {
  await downloadNeo4j(version, folder);
  const lines: string[] = [];
  for (const jar of (await readdir(folder)).sort()) {
    lines.push(`${await sha256Of(join(folder, jar))}  ${jar}\n`);
  }
  await writeFile(lockFile(version as Neo4jVersion), lines.join(""));
  console.log(`${lines.length} jars of Neo4j ${version}`);
} finally {
  await rm(folder, { recursive: true });
}
