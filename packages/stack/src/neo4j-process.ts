import { existsSync, mkdtempSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findJava } from "./find-java.ts";
import { installNeo4j } from "./install-neo4j.ts";
import { NEO4J_FOLDERS, neo4jArgs, neo4jConf } from "./neo4j-conf.ts";
import { neo4jVersion, setFirstPassword } from "./neo4j-probe.ts";
import { NEO4J_RELEASES } from "./neo4j-release.ts";
import type { Neo4jOptions, Neo4jServer } from "./neo4j-server.ts";
import { onSomePort } from "./on-some-port.ts";
import { isListening } from "./ports.ts";
import { type ManagedProcess, startProcess } from "./process.ts";

/** A Neo4j as one JVM on this machine. */
export async function startNeo4jProcess(options: Neo4jOptions): Promise<Neo4jServer> {
  const version = options.version ?? "5.26.12";
  const progress = options.onProgress ?? (() => {});
  const release = NEO4J_RELEASES[version];
  const java = await findJava(release.java, `Neo4j ${version}`);
  const jars = await installNeo4j(version, progress);
  progress(`starting Neo4j ${version} (about ten seconds)`);

  const home = options.dataDir ?? mkdtempSync(join(tmpdir(), "outgraph-neo4j-"));
  const removal = options.dataDir === undefined ? home : undefined;
  for (const folder of NEO4J_FOLDERS) await mkdir(join(home, folder), { recursive: true });
  let needsPassword = options.auth !== undefined && !existsSync(join(home, "data", "databases"));

  const start = async (port: number): Promise<ManagedProcess> => {
    const uri = uriOf(port, options);
    const setting = {
      port,
      authEnabled: options.auth !== undefined,
      tls: options.tls,
      overrides: options.config ?? {},
    };
    await writeFile(join(home, "conf", "neo4j.conf"), neo4jConf(setting));
    return await startProcess({
      name: `neo4j-${port}`,
      command: java.path,
      args: neo4jArgs({
        home,
        jars,
        heapMb: options.heapMb ?? 512,
        quickStart: options.quickStart ?? false,
        mainClass: release.mainClass,
        jvmArgs: release.jvmArgs,
      }),
      logFile: join(home, "logs", "console.log"),
      ...(removal && { sweep: removal }),
      ready: async () => {
        if (!(await isListening(port))) return false;
        if (options.auth && needsPassword) {
          await setFirstPassword(uri, options.auth);
          needsPassword = false;
        }
        return (await neo4jVersion(uri, options.auth)) !== "";
      },
      readyTimeoutMs: 120_000,
      stopGraceMs: 30_000,
    });
  };
  try {
    const { child, port } = await onSomePort(options.port, start);
    return serverOf(
      child,
      port,
      home,
      removal,
      await neo4jVersion(uriOf(port, options), options.auth),
      options,
    );
  } catch (error) {
    if (removal) await rm(removal, { recursive: true, force: true });
    throw error;
  }
}

function uriOf(port: number, { tls }: Pick<Neo4jOptions, "tls">): string {
  // The certificate is nobody's whom a driver knows.
  return `${tls === undefined ? "bolt" : "bolt+ssc"}://127.0.0.1:${port}`;
}

function serverOf(
  child: ManagedProcess,
  port: number,
  home: string,
  removal: string | undefined,
  version: string,
  options: Neo4jOptions,
): Neo4jServer {
  let stopping: Promise<void> | undefined;
  let lastWords: string | undefined;
  const end = async () => {
    // Data that is thrown away needs no orderly end, which takes seconds.
    await (removal ? child.kill() : child.stop());
    lastWords = child.logTail();
    if (removal) await rm(removal, { recursive: true, force: true });
  };
  const stop = () => {
    stopping ??= end();
    return stopping;
  };
  return {
    uri: uriOf(port, options),
    kind: "process",
    version,
    auth: options.auth,
    dataDir: home,
    logTail: () => lastWords ?? child.logTail(),
    kill: () => child.kill(),
    pause: () => child.pause(),
    resume: () => child.resume(),
    async restart() {
      if (stopping) throw new Error("this Neo4j was stopped for good");
      await child.restart();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
