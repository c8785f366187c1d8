import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { RelayRole, RelayService, type RelayStatus } from "@outgraph/events";
import { type ManagedProcess, startProcess, waitUntil } from "@outgraph/stack";
import { inject } from "vitest";
import { neo4jAddress } from "./real-graph.ts";

/** A relay as a process of its own. */
export interface RelayProcess extends AsyncDisposable {
  readonly process: ManagedProcess;
  /** Its service. */
  readonly service: Client<typeof RelayService>;
  status(): Promise<RelayStatus>;
  /** Its status, and again whenever that changes, until the signal aborts. */
  watch(signal: AbortSignal): AsyncIterable<RelayStatus | undefined>;
  /** Waits until it says that it is what it should be. */
  until(what: string, accept: (status: RelayStatus) => boolean): Promise<RelayStatus>;
  /** What a probe answers. */
  probe(path: "/healthz" | "/readyz" | "/metrics"): Promise<{ status: number; body: string }>;
  /** The lines of its log, parsed. */
  log(): readonly Record<string, unknown>[];
}

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Starts a relay process over the shared servers, or those of `env`. Resolves when it listens. */
export async function relayProcess(
  database: string,
  env: Record<string, string> = {},
  script: string = MAIN,
): Promise<RelayProcess> {
  const { uri, user, password } = neo4jAddress();
  const process_ = await startProcess({
    name: "relay",
    command: process.execPath,
    args: [script],
    env: {
      OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_NEO4J_URI: uri,
      OUTGRAPH_NEO4J_USER: user === "" ? "neo4j" : user,
      OUTGRAPH_NEO4J_PASSWORD: password,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      OUTGRAPH_LEASE_TTL_MS: "2000",
      OUTGRAPH_RETRY_MS_MAX: "500",
      OUTGRAPH_LOG_LEVEL: "debug",
      ...env,
    },
    ready: /"msg":"listening"/,
  });
  const log = (): Record<string, unknown>[] =>
    process_
      .logTail()
      .split("\n")
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as Record<string, unknown>];
        } catch {
          return []; // the tail may begin inside a line
        }
      });
  const url = String(log().find(({ msg }) => msg === "listening")?.["url"]);
  const client = createClient(
    RelayService,
    createConnectTransport({ baseUrl: url, httpVersion: "1.1" }),
  );
  const status = async (): Promise<RelayStatus> => {
    const { status: said } = await client.status({}, { timeoutMs: 2_000 });
    if (said === undefined) throw new Error("no status in the answer");
    return said;
  };
  return {
    process: process_,
    service: client,
    status,
    log,
    async *watch(signal) {
      for await (const { status } of client.watchStatus({}, { signal })) yield status;
    },
    until: (what, accept) =>
      waitUntil(
        async () => {
          const now = await status();
          return accept(now) ? now : undefined;
        },
        { what, timeoutMs: 60_000 },
      ),
    async probe(path) {
      const answer = await fetch(new URL(path, url));
      return { status: answer.status, body: await answer.text() };
    },
    [Symbol.asyncDispose]: () => process_.stop(),
  };
}

/** It carries. */
export const isActive = ({ role }: RelayStatus): boolean => role === RelayRole.ACTIVE;

/** It waits for the lease. */
export const isStandby = ({ role }: RelayStatus): boolean => role === RelayRole.STANDBY;
