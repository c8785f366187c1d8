import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./tool.ts";

/** A range of Java feature versions, both ends included. */
export interface JavaRange {
  readonly from: number;
  readonly to: number;
}

export interface Java {
  readonly path: string;
  /** Feature version: 17. */
  readonly version: number;
}

const INSTALLED = "/usr/lib/jvm"; // where Debian, Ubuntu, Fedora and Temurin put theirs

/**
 * The first Java of a version in `range`: `OUTGRAPH_JAVA_HOME`, `JAVA_HOME`, `java` on the path,
 * then what lies in /usr/lib/jvm.
 *
 * @param wanted who asks, for the error: "Neo4j 5.26.12".
 * @throws JavaMissing naming what was found instead.
 */
export async function findJava(
  range: JavaRange,
  wanted: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Java> {
  const found: Java[] = [];
  for (const path of javaPaths(env, await readdir(INSTALLED).catch(() => []))) {
    const version = await versionOf(path);
    if (version === undefined) continue;
    if (version >= range.from && version <= range.to) return { path, version };
    found.push({ path, version });
  }
  throw new JavaMissing(range, wanted, found);
}

/** Where to look, best first. */
export function javaPaths(env: NodeJS.ProcessEnv, installed: readonly string[]): readonly string[] {
  const homes = [env["OUTGRAPH_JAVA_HOME"], env["JAVA_HOME"]].filter((home) => !!home);
  return [
    ...homes.map((home) => join(home ?? "", "bin", "java")),
    "java",
    ...installed.map((name) => join(INSTALLED, name, "bin", "java")),
  ];
}

/** The feature version in what `java -version` prints: 17 for "17.0.15", 8 for "1.8.0_412". */
export function javaVersion(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : undefined;
}

async function versionOf(path: string): Promise<number | undefined> {
  try {
    return javaVersion((await runTool({ command: path, remedy: "" }, ["-version"])).stderr);
  } catch {
    return undefined; // not there, or no Java: the next one may do
  }
}

export class JavaMissing extends Error {
  override readonly name = "JavaMissing";

  constructor(range: JavaRange, wanted: string, found: readonly Java[]) {
    const versions = range.to === range.from ? `${range.from}` : `${range.from} to ${range.to}`;
    const others = found.map(({ path, version }) => `${path} is ${version}`).join(", ");
    super(
      `${wanted} needs Java ${versions}; found ${others || "none"}. Install one ` +
        `(\`apt-get install openjdk-17-jre-headless\` for 17) or name its folder in OUTGRAPH_JAVA_HOME`,
    );
  }
}
