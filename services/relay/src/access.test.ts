import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { newEntryId, RelayService } from "@outgraph/events";
import { hashedKey, newKey } from "@outgraph/rpc-server";
import { type Running, readConfig } from "@outgraph/rpc-server/service";
import { createLogger } from "@outgraph/telemetry";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SYSTEM_CLOCK } from "./clock.ts";
import { RELAY_CONFIG } from "./config.ts";
import { startRelay } from "./service.ts";
import { MemoryGraph } from "./test/memory-graph.ts";
import { MemoryOutbox } from "./test/memory-outbox.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

const [READER, OPERATOR, WRITER] = [newKey(), newKey(), newKey()];

let folder: string;
let relay: Running;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "relay-access-"));
  const file = join(folder, "access.json");
  const principals = {
    dashboard: { keys: [hashedKey(READER)], relay: "read" },
    ann: { keys: [hashedKey(OPERATOR)], relay: "operate" },
    ingest: { keys: [hashedKey(WRITER)], collections: ["*"], labels: ["*"], edgeTypes: ["*"] },
  };
  await writeFile(file, JSON.stringify({ principals }));
  const asked = readConfig({ name: "outgraph-relay", about: "" }, RELAY_CONFIG, [], {
    OUTGRAPH_MONGODB_URI: "mongodb://db",
    OUTGRAPH_NEO4J_URI: "bolt://graph",
    OUTGRAPH_LISTEN: "127.0.0.1:0",
    OUTGRAPH_ACCESS_FILE: file,
  });
  if (asked.kind !== "run") throw new Error("asked for help");
  const clock = SYSTEM_CLOCK;
  const ports = { outbox: new MemoryOutbox(clock), graph: new MemoryGraph(), clock };
  log = "";
  const logger = createLogger("outgraph-relay", "trace", {
    write: (line) => {
      log += line;
    },
  });
  relay = await startRelay(ports, asked.config, logger);
});
afterEach(async () => {
  await relay.stop();
  await rm(folder, { recursive: true });
});

type Call = (client: Client<typeof RelayService>, headers: Headers) => Promise<unknown>;
const ID = newEntryId();
const READS: [string, Call][] = [
  ["Status", (client, headers) => client.status({}, { headers })],
  ["WatchStatus", (client, headers) => first(client.watchStatus({}, { headers }))],
  ["ListParked", (client, headers) => client.listParked({}, { headers })],
  ["Explain", (client, headers) => client.explain({ id: ID }, { headers })],
];
const ORDERS: [string, Call][] = [
  ["RetryParked", (client, headers) => client.retryParked({ id: ID }, { headers })],
  ["SkipParked", (client, headers) => client.skipParked({ id: ID, reason: "x" }, { headers })],
  ["Pause", (client, headers) => client.pause({}, { headers })],
  ["Resume", (client, headers) => client.resume({}, { headers })],
];

/** The code with which access was refused; undefined when the call got further than that. */
async function refusal(call: Call, key?: string): Promise<string | undefined> {
  const client = createClient(RelayService, createGrpcTransport({ baseUrl: relay.url }));
  const headers = new Headers(key === undefined ? {} : { authorization: `Bearer ${key}` });
  try {
    await call(client, headers);
    return undefined;
  } catch (error) {
    const { code } = ConnectError.from(error);
    return [Code.Unauthenticated, Code.PermissionDenied].includes(code) ? Code[code] : undefined;
  }
}

async function first(messages: AsyncIterable<unknown>): Promise<unknown> {
  for await (const message of messages) return message;
  return undefined;
}

test.each([...READS, ...ORDERS])("%s needs a key that is known", async (_, call) => {
  expect(await refusal(call)).toBe("Unauthenticated");
  expect(await refusal(call, newKey())).toBe("Unauthenticated");
  expect(await refusal(call, WRITER)).toBe("PermissionDenied");
});

test.each(READS)("%s is for those who may read, or operate", async (_, call) => {
  expect(await refusal(call, READER)).toBeUndefined();
  expect(await refusal(call, OPERATOR)).toBeUndefined();
});

test.each(ORDERS)("%s is for those who may operate", async (_, call) => {
  expect(await refusal(call, READER)).toBe("PermissionDenied");
  expect(await refusal(call, OPERATOR)).toBeUndefined();
});

test("no key is in the log, at its most talkative", async () => {
  await refusal(READS[0]![1], READER);
  await refusal(READS[0]![1], "outgraph_wrong");

  expect(log).toContain('"principal":"dashboard"');
  for (const secret of [READER, "outgraph_wrong"]) expect(log).not.toContain(secret);
});
