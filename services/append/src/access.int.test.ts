import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { insertOne } from "@outgraph/client";
import {
  BadRequestSchema,
  edge,
  type Mutation,
  mergeEdge,
  mergeNode,
  node,
  OutboxService,
} from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { hashedKey, newKey } from "@outgraph/rpc-server";
import { startProcess } from "@outgraph/stack";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { APPEND_MAIN, type RunningAppend, startReadyAppend } from "./test/running-append.ts";

const INGEST = newKey();
const SHOP = newKey();

let own: OwnDatabase;
let folder: string;
let service: RunningAppend;
beforeAll(async () => {
  own = await ownDatabase();
  folder = await mkdtemp(join(tmpdir(), "append-access-"));
  await Promise.all(["files", "orders"].map((name) => own.db.createCollection(name)));
  const access = join(folder, "access.json");
  const database = own.db.databaseName;
  await writeFile(
    access,
    JSON.stringify({
      principals: {
        ingest: {
          keys: [hashedKey(INGEST)],
          collections: [`${database}.files`],
          labels: ["File", "Symbol"],
          edgeTypes: ["DEFINES"],
        },
        shop: { keys: [hashedKey(SHOP)], collections: ["*"], labels: ["Order"] },
      },
    }),
  );
  service = await startReadyAppend(inject("mongodbUri"), database, {
    OUTGRAPH_ACCESS_FILE: access,
    OUTGRAPH_LOG_LEVEL: "trace",
  });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await own.db.collection("files").deleteMany({});
  await own.db.collection(COLLECTION.entries).deleteMany({});
});

const TRANSPORTS: Record<string, (baseUrl: string) => Transport> = {
  "Connect over HTTP/1.1": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC over HTTP/2": (baseUrl) => createGrpcTransport({ baseUrl }),
};
const FILE = node("File", { path: "a.ts" });
const appending = (collection: string, ...mutations: Mutation[]) => {
  const of = request([insertOne(collection, { _id: "a.ts" } as object)]);
  of.entry!.events[0]!.mutations = mutations;
  return of;
};
const written = async (): Promise<number> =>
  (await own.db.collection("files").countDocuments()) +
  (await own.db.collection(COLLECTION.entries).countDocuments());

describe.each(Object.keys(TRANSPORTS))("%s", (protocol) => {
  const client = () => createClient(OutboxService, TRANSPORTS[protocol]!(service.url));
  const by = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  const failure = (call: Promise<unknown>): Promise<ConnectError | undefined> =>
    call.then(
      () => undefined,
      (reason: unknown) => ConnectError.from(reason),
    );

  test("without a key, or with a wrong one, nothing is written", async () => {
    const good = appending("files", mergeNode(FILE));

    for (const options of [{}, by("outgraph_wrong"), by(hashedKey(INGEST))]) {
      const error = await failure(client().append(good, options));
      expect(error).toMatchObject({ code: Code.Unauthenticated });
    }
    expect(await written()).toBe(0);
  });

  test("what is granted is written", async () => {
    const symbol = node("Symbol", { name: "f" });
    const of = appending("files", mergeNode(FILE), mergeEdge(edge("DEFINES", FILE, symbol)));

    await client().append(of, by(INGEST));

    expect(await written()).toBe(2);
  });

  test.each([
    ["a collection", appending("orders", mergeNode(FILE)), "writes[0].collection"],
    [
      "a label",
      appending("files", mergeNode(FILE), mergeNode(node("Order", { id: 1n }))),
      "entry.events[0].mutations[1].merge_node.node.label",
    ],
    [
      "an edge type",
      appending("files", mergeEdge(edge("OWNS", FILE, FILE))),
      "entry.events[0].mutations[0].merge_edge.edge.type",
    ],
  ])(
    "%s that is not granted is PERMISSION_DENIED with its path, and nothing is written",
    async (_, of, field) => {
      const error = await failure(client().append(of, by(INGEST)));

      expect(error).toMatchObject({ code: Code.PermissionDenied });
      const [details] = error!.findDetails(BadRequestSchema);
      expect(details?.fieldViolations.map((violation) => violation.field)).toEqual([field]);
      expect(await written()).toBe(0);
    },
  );

  test("of many appends, those that are granted are written", async () => {
    const { results } = await client().appendMany(
      { appends: [appending("orders", mergeNode(FILE)), appending("files", mergeNode(FILE))] },
      by(INGEST),
    );

    expect(results.map(({ outcome }) => outcome)).toMatchObject([
      { case: "error", value: { code: Code.PermissionDenied } },
      { case: "response", value: { replayed: false } },
    ]);
    expect(await written()).toBe(2);
  });

  test("an entry is shown to those who could have written it, and anyone known may wait for it", async () => {
    const of = appending("files", mergeNode(FILE));
    const { id } = of.entry!;
    await client().append(of, by(INGEST));

    expect(await client().getEntry({ id }, by(INGEST))).toMatchObject({ entry: { id } });
    expect(await failure(client().getEntry({ id }, by(SHOP)))).toMatchObject({
      code: Code.PermissionDenied,
    });
    const wait = { ids: ["0190a0a0-0000-4000-8000-000000000001"] }; // names nothing: an answer at once
    expect((await client().waitApplied(wait, by(SHOP))).entries).toHaveLength(1);
    expect(await failure(client().waitApplied(wait))).toMatchObject({ code: Code.Unauthenticated });
  });
});

test("no key is in the log, at its most talkative", async () => {
  const log = await readFile(service.process.logFile, "utf8");

  expect(log).toContain('"principal":"ingest"');
  for (const secret of [INGEST, SHOP, "outgraph_wrong"]) expect(log).not.toContain(secret);
});

test("an address that others can reach is refused without an access file, with what to do", async () => {
  const start = startProcess({
    name: "append",
    command: process.execPath,
    args: [APPEND_MAIN, "--listen", "0.0.0.0:0"],
    env: { OUTGRAPH_MONGODB_URI: inject("mongodbUri"), OUTGRAPH_DATABASE: own.db.databaseName },
    ready: /listening/,
  });

  await expect(start).rejects.toThrow(/OpenBindRefused.*--access-file/s);
});
