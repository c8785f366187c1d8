import { neo4jVersion } from "./neo4j-probe.ts";
import type { Neo4jAuth, Neo4jOptions, Neo4jServer } from "./neo4j-server.ts";
import { freePort } from "./ports.ts";
import { waitUntil } from "./wait-until.ts";

const BOLT = 7687;

/** A Neo4j in a container. */
export async function startNeo4jContainer(options: Neo4jOptions): Promise<Neo4jServer> {
  const image = `neo4j:${options.version ?? "5.26.12"}`;
  options.onProgress?.(`starting a container of ${image} (pulled when it is not here yet)`);

  const port = options.port ?? (await freePort());
  const uri = `bolt://127.0.0.1:${port}`;
  const { startContainer } = await import("./container.ts"); // testcontainers takes a second to load
  const container = await startContainer({
    image,
    environment: neo4jEnvironment(options, port),
    port: { inside: BOLT, outside: port },
    ready: /Started\./,
    readyTimeoutMs: 120_000,
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= container.remove();
    return stopping;
  };
  const answer = () =>
    waitUntil(() => neo4jVersion(uri, options.auth), {
      what: `${image} answers`,
      timeoutMs: 120_000,
      everyMs: 200,
    });
  const version = await answer().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    uri,
    kind: "container",
    version,
    auth: options.auth,
    dataDir: undefined,
    logTail: container.logTail,
    kill: container.kill,
    pause: container.pause,
    resume: container.resume,
    async restart() {
      await container.restart();
      await answer();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The settings as the image takes them: `NEO4J_`, dots as one underscore, underscores as two. */
export function neo4jEnvironment(
  options: { heapMb?: number; auth?: Neo4jAuth; config?: Readonly<Record<string, string>> },
  port: number,
): Readonly<Record<string, string>> {
  const settings = {
    "server.memory.heap.max_size": `${options.heapMb ?? 512}m`,
    "server.memory.pagecache.size": "128m",
    "server.bolt.advertised_address": `127.0.0.1:${port}`,
    "db.tx_log.preallocate": "false",
    "dbms.usage_report.enabled": "false",
    ...options.config,
  };
  const named = Object.entries(settings).map(([name, value]) => [
    `NEO4J_${name.replaceAll("_", "__").replaceAll(".", "_")}`,
    value,
  ]);
  const { auth } = options;
  return {
    NEO4J_AUTH: auth ? `${auth.username}/${auth.password}` : "none",
    ...Object.fromEntries(named),
  };
}
