import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { checkFolder, parseLock } from "./digest.ts";
import type { Progress } from "./engine.ts";
import { NEO4J_RELEASES, type Neo4jVersion } from "./neo4j-release.ts";
import { runTool, type Tool } from "./tool.ts";

const MAVEN: Tool = {
  command: "mvn",
  remedy: "install it with `apt-get install maven`, or set OUTGRAPH_NEO4J_URI",
};

// Pinned, since the goal that copies the jars is not ours to have change under us.
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/**
 * The folder with the jars of this version, from the cache or downloaded with Maven.
 *
 * @throws when Maven or Java is missing, or when the jars are not exactly those of the lock list.
 */
export async function installNeo4j(version: Neo4jVersion, progress: Progress): Promise<string> {
  const lock = await readFile(lockFile(version), "utf8");
  return await cached(`neo4j-${version}`, async (draft) => {
    const { size } = NEO4J_RELEASES[version];
    const count = parseLock(lock).size;
    progress(`downloading Neo4j ${version} (${count} jars, ${size} MB, about a minute)`);
    await downloadNeo4j(version, draft);
    await checkFolder(draft, lock);
  });
}

/** The list of a version's jars and their digests, made by scripts/lock-neo4j.ts. */
export function lockFile(version: Neo4jVersion): URL {
  return new URL(`../locks/neo4j-${version}.sha256`, import.meta.url);
}

/** Fills an empty folder with the jars of a Neo4j, as Maven resolves them; nothing is checked. */
export async function downloadNeo4j(version: string, folder: string): Promise<void> {
  const work = await mkdtemp(join(folder, ".maven-"));
  try {
    const jars = join(work, "jars");
    await mkdir(jars);
    await writeFile(join(work, "pom.xml"), pomFor(version));
    await runTool(MAVEN, ["-q", "-B", COPY, `-DoutputDirectory=${jars}`], work);
    for (const jar of await readdir(jars)) await rename(join(jars, jar), join(folder, jar));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function pomFor(version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>outgraph</groupId>
  <artifactId>neo4j-engine</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.neo4j</groupId>
      <artifactId>neo4j</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
}
