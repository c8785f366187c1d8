import { fileURLToPath } from "node:url";
import { type ManagedProcess, ProcessFailed, startProcess, waitUntil } from "@outgraph/stack";
import type { Servers } from "./servers.ts";

/** A relay as a process of its own. */
export interface Relay extends AsyncDisposable {
  readonly process: ManagedProcess;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it carries entries again: after its own lease of before has run out. */
  start(): Promise<void>;
  /** Rejects when it ends though nobody killed it, or halts. */
  readonly broken: Promise<never>;
}

const LISTENING = /"url":"(http:[^"]+)"/g;
const HALTED = /"role":"halted"/;

/**
 * Starts a relay; resolves when it is ready.
 *
 * @param leaseTtlMs how long it takes after a kill until it carries again; default the relay's own.
 */
export async function startRelay(servers: Servers, leaseTtlMs?: number): Promise<Relay> {
  const main = new URL("../../../services/relay/src/main.ts", import.meta.url);
  const relay = await startProcess({
    name: "relay",
    command: process.execPath,
    args: [fileURLToPath(main)],
    env: {
      OUTGRAPH_MONGODB_URI: servers.mongodb_uri,
      OUTGRAPH_DATABASE: servers.database,
      OUTGRAPH_NEO4J_URI: servers.neo4j_uri,
      OUTGRAPH_NEO4J_USER: servers.neo4j_user || undefined,
      OUTGRAPH_NEO4J_PASSWORD: servers.neo4j_password || undefined,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      OUTGRAPH_LEASE_TTL_MS: leaseTtlMs === undefined ? undefined : String(leaseTtlMs),
    },
    ready: LISTENING,
    readyTimeoutMs: 120_000,
  });
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {}); // told to whoever awaits it
  let killed = false;
  const watch = (): void => {
    void relay.exited.then(({ code, signal }) => {
      if (killed) return;
      const how = `ended by itself with ${signal ?? `code ${code}`}`;
      broken.reject(new ProcessFailed("relay", how, relay.logTail()));
    });
  };
  watch();
  const looking = setInterval(() => {
    if (relay.running && HALTED.test(relay.logTail()))
      broken.reject(new ProcessFailed("relay", "halted", relay.logTail()));
  }, 1_000);
  await untilReady(relay);
  return {
    process: relay,
    broken: broken.promise,
    async kill() {
      killed = true;
      await relay.kill();
    },
    async start() {
      await relay.restart();
      killed = false;
      watch();
    },
    async [Symbol.asyncDispose]() {
      killed = true;
      clearInterval(looking);
      await relay.stop();
    },
  };
}

async function untilReady(relay: ManagedProcess): Promise<void> {
  const url = [...relay.logTail().matchAll(LISTENING)].at(-1)?.[1];
  if (url === undefined) throw new Error("the relay did not say where it listens");
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: "the relay is ready",
    timeoutMs: 120_000,
  });
}
