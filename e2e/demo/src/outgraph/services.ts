import { fileURLToPath } from "node:url";
import { type ManagedProcess, ProcessFailed, startProcess } from "@outgraph/stack";
import { DATABASE, type Engines } from "../engines.ts";
import type { Victim } from "../kills.ts";

/** The append service and the relay, each a process of its own. */
export interface Services extends AsyncDisposable {
  readonly appendUrl: string;
  /** Another one after the relay was killed. */
  readonly relayUrl: () => string;
  readonly relay: Victim;
  /** Rejects when a service ends that nobody killed, or the relay halts. */
  readonly broken: Promise<never>;
  /** The ends of both logs, for a person who wants to know why. */
  logTails(): string;
}

/**
 * The most rows in one Neo4j transaction. Fewer than usual, so that what has piled up while the relay
 * was down takes it many transactions, and the next kill comes in the midst of them.
 */
const BATCH_ROWS_MAX = 250;

export async function startServices({ mongo, neo4j }: Engines): Promise<Services> {
  await using started = new AsyncDisposableStack();
  const env = {
    OUTGRAPH_MONGODB_URI: mongo.uri,
    OUTGRAPH_DATABASE: DATABASE,
    OUTGRAPH_LISTEN: "127.0.0.1:0",
  };
  const append = started.use(await startService("append", env));
  const relay = started.use(
    await startService("relay", {
      ...env,
      OUTGRAPH_NEO4J_URI: neo4j.uri,
      OUTGRAPH_NEO4J_USER: neo4j.auth?.username,
      OUTGRAPH_NEO4J_PASSWORD: neo4j.auth?.password,
      OUTGRAPH_BATCH_ROWS_MAX: String(BATCH_ROWS_MAX),
    }),
  );
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {}); // told to whoever awaits it
  let relayUrl = urlIn(relay);
  const expected = new WeakSet<Promise<unknown>>();
  const watch = (service: ManagedProcess): void => {
    const life = service.exited;
    void life.then(({ code, signal }) => {
      if (expected.has(life)) return;
      const how = `ended by itself with ${signal ?? `code ${code}`}`;
      broken.reject(new ProcessFailed(service.name, how, service.logTail()));
    });
  };
  watch(append);
  watch(relay);
  // A relay that halts keeps running, so that it can be asked why; nothing would come of waiting.
  const looking = setInterval(() => {
    if (relay.running && HALTED.test(relay.logTail()))
      broken.reject(new ProcessFailed(relay.name, "halted", relay.logTail()));
  }, 1_000);
  started.defer(() => clearInterval(looking));
  const rest = started.move();
  return {
    appendUrl: urlIn(append),
    relayUrl: () => relayUrl,
    broken: broken.promise,
    logTails: () =>
      [append, relay]
        .map(
          (service) => `--- the end of ${service.name}'s log ---\n${service.logTail().trimEnd()}`,
        )
        .join("\n"),
    relay: {
      name: "relay",
      pause: () => relay.pause(),
      async kill() {
        expected.add(relay.exited);
        await relay.kill();
      },
      async start() {
        await relay.restart();
        relayUrl = urlIn(relay);
        watch(relay);
      },
    },
    async [Symbol.asyncDispose]() {
      for (const service of [append, relay]) expected.add(service.exited);
      await rest.disposeAsync();
    },
  };
}

async function startService(
  name: "append" | "relay",
  env: Readonly<Record<string, string | undefined>>,
): Promise<ManagedProcess> {
  const main = new URL(`../../../../services/${name}/src/main.ts`, import.meta.url);
  return await startProcess({
    name,
    command: process.execPath,
    args: [fileURLToPath(main)],
    env,
    ready: LISTENING,
  });
}

const HALTED = /"role":"halted"/;

const LISTENING = /"url":"(http:[^"]+)"/g;

function urlIn(service: ManagedProcess): string {
  const url = [...service.logTail().matchAll(LISTENING)].at(-1)?.[1];
  if (url === undefined) throw new Error(`${service.name} did not say where it listens`);
  return url;
}
