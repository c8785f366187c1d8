import { fileURLToPath } from "node:url";
import { RelayRole } from "@outgraph/events";
import { COLLECTION, entryIdOf, META_ID, outboxCollections, setUpOutbox } from "@outgraph/outbox";
import { startProcess, waitUntil } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { guarded } from "./adapters/mongo/guarded.ts";
import { MongoOutbox } from "./adapters/mongo/mongo-outbox.ts";
import { canary } from "./test/entries.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { isActive, type RelayProcess, relayProcess } from "./test/relay-process.ts";
import { type SecuredStack, startSecured } from "./test/secured-stack.ts";

// Servers that ask who somebody is and speak TLS, and users with no more rights than the roles that
// are shipped give.

const APPEND = fileURLToPath(new URL("../../append/src/main.ts", import.meta.url));
const LONG_MS = 180_000;
vi.setConfig({ testTimeout: LONG_MS }); // a busy machine takes its time to start a relay

let it: SecuredStack;
let relayUri: string;
let driver: Driver;
let outbox: RealOutbox;
beforeAll(async () => {
  it = await startSecured();
  relayUri = await it.userOf("outgraphRelay");
  const { username = "", password = "" } = it.neo4j.auth ?? {};
  driver = neo4j.driver(it.neo4j.uri, neo4j.auth.basic(username, password));
  outbox = RealOutbox.at(it.mongo.uri, it.database);
}, LONG_MS);
afterAll(async () => {
  await driver?.close();
  await outbox?.client.close();
  await it?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
  const { entries, acks, parked } = outbox.collections;
  await Promise.all([entries.deleteMany({}), acks.deleteMany({}), parked.deleteMany({})]);
});

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  OUTGRAPH_MONGODB_URI: relayUri,
  OUTGRAPH_NEO4J_URI: it.neo4j.uri,
  OUTGRAPH_NEO4J_USER: it.neo4j.auth?.username ?? "",
  OUTGRAPH_NEO4J_PASSWORD: it.neo4j.auth?.password ?? "",
  OUTGRAPH_LEASE_TTL_MS: "10000",
  ...more,
});

const relay = (more: Record<string, string> = {}): Promise<RelayProcess> =>
  relayProcess(it.database, environment(more));

const acked = (entries: number): Promise<unknown> =>
  waitUntil(async () => (await outbox.acked()).length >= entries, {
    what: `${entries} entries are acked`,
    timeoutMs: 60_000,
  });

/** Waits until a relay says why it does not carry. */
async function reason(of: RelayProcess, pattern: RegExp): Promise<string> {
  return await waitUntil(
    async () => {
      const { body } = await of.probe("/readyz");
      return pattern.test(body) ? body : undefined;
    },
    { what: `it says ${pattern}`, timeoutMs: 60_000 },
  );
}

test.each([
  ["a server that trusts nobody's authority", "bolt+ssc", {}],
  ["an authority that it is told of", "bolt+s", { trusts: true }],
  ["a routing address", "neo4j+ssc", {}],
])("a relay with the least rights carries through TLS, to %s", async (_, scheme, how) => {
  const trust = "trusts" in how ? { NODE_EXTRA_CA_CERTS: it.tls.certFile } : {};
  const uri = it.neo4j.uri.replace("bolt+ssc", scheme);
  await using one = await relay({ OUTGRAPH_NEO4J_URI: uri, ...trust });
  await one.until("it carries", isActive);
  await outbox.append(canary());
  await outbox.append(canary());
  await acked(2);

  expect(one.process.logTail()).not.toMatch(/not authorized/);
});

test("a certificate that nobody vouches for is refused, and said", async () => {
  await using one = await relay({
    OUTGRAPH_NEO4J_URI: it.neo4j.uri.replace("bolt+ssc", "bolt+s"),
  });

  expect(await reason(one, /fence|schema/)).toMatch(/certificate/i);
});

test("a wrong password halts and says so, for Neo4j and for MongoDB", async () => {
  await using one = await relay({ OUTGRAPH_NEO4J_PASSWORD: "wrong" });
  expect(await reason(one, /nauthori/)).toMatch(/Neo4j/);
  const wrong = new URL(relayUri);
  wrong.password = "wrong";
  await using two = await relay({ OUTGRAPH_MONGODB_URI: wrong.href });
  expect(await reason(two, /[Aa]uthentication failed/)).toMatch(/MongoDB/);
});

test("a Neo4j database that is not there halts, and is named", async () => {
  await using one = await relay({ OUTGRAPH_NEO4J_DATABASE: "nowhere" });

  const { haltReason } = await one.until("it halts", ({ role }) => role === RelayRole.HALTED);

  expect(haltReason).toMatch(/nowhere/);
});

test("a Neo4j database that is named is the one that is written", async () => {
  await using _relay = await relay({ OUTGRAPH_NEO4J_DATABASE: "neo4j" });
  await outbox.append(canary());
  await acked(1);

  const { records } = await driver.executeQuery(
    "MATCH (c:Canary) RETURN c.seen AS seen",
    {},
    { database: "neo4j" },
  );
  expect(records).toHaveLength(1);
});

test("a relay without one of its rights halts and names it", async () => {
  const uri = await it.userOf("outgraphRelay", ["outbox_acks.insert"]);
  await using one = await relay({ OUTGRAPH_MONGODB_URI: uri });
  await outbox.append(canary());

  const { haltReason } = await one.until("it halts", ({ role }) => role === RelayRole.HALTED);

  expect(haltReason).toMatch(/not authorized.*insert.*outbox_acks/);
});

test("what a dead owner with the least rights left open is ended by who takes over, at once", async () => {
  const dead = new MongoClient(relayUri);
  const next = new MongoOutbox({ uri: relayUri, database: it.database });
  try {
    await next.open();
    const lease = await next.takeLease("dead", 60_000);
    if (lease.kind !== "granted") throw new Error(`the lease is ${lease.by}'s`);
    const { epoch } = lease;
    await next.renewLease("dead", epoch, 0);
    const collections = outboxCollections(dead.db(it.database));
    const locked = Promise.withResolvers<void>();
    const left = guarded(collections, epoch, async (session) => {
      const touched = { $inc: { guarded: 1n } as never };
      await collections.meta.updateOne({ _id: META_ID.lease }, touched, { session });
      locked.resolve();
      await new Promise(() => {}); // it never comes back
    });
    left.catch(() => {}); // it has no end
    await locked.promise;

    expect(await next.takeLease("next", 1)).toMatchObject({ kind: "granted", epoch: epoch + 1n });
  } finally {
    await next.close();
    await dead.close();
  }
}, 40_000); // the server would end it by itself after a minute

test(
  "the append service with the least rights appends, and waits for the relay",
  async () => {
    await using append = await startProcess({
      name: "append",
      command: process.execPath,
      args: [APPEND],
      env: {
        OUTGRAPH_MONGODB_URI: await it.userOf("outgraphAppend"),
        OUTGRAPH_DATABASE: it.database,
        OUTGRAPH_LISTEN: "127.0.0.1:0",
        OUTGRAPH_SETUP: "off", // its role may not
      },
      ready: /"msg":"listening"/,
    });
    const url = /"url":"([^"]+)"/.exec(append.logTail())?.[1] ?? "";
    const call = async (method: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${url}/outgraph.append.v1.OutboxService/${method}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Record<string, unknown>;
    };
    await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
      what: "the append service is ready",
      timeoutMs: 60_000,
    });
    await using _relay = await relay();
    const document = { extendedJson: '{"name": "one"}' };
    const node = { label: "Thing", key: { id: { int64Value: "1" } } };

    const answer = await call("Append", {
      writes: [{ collection: "things", insertOne: { document } }],
      entry: {
        source: "test",
        events: [{ type: "shop.Added", mutations: [{ mergeNode: { node } }] }],
      },
    });
    expect(answer).toMatchObject({ receipt: { entryId: expect.any(String) } });
    const { entryId } = answer["receipt"] as { entryId: string };
    const waited = await call("WaitApplied", { ids: [entryId], timeout: "30s" });

    expect(JSON.stringify(waited)).toContain("APPLIED");
    expect((await driver.executeQuery("MATCH (t:Thing) RETURN t")).records).toHaveLength(1);
    const stored = await outbox.collections.entries.find().toArray();
    expect(stored.map(({ _id }) => entryIdOf(_id))).toEqual([entryId]);
  },
  LONG_MS,
);

test("the set-up's role makes an outbox, and no more", async () => {
  const client = new MongoClient(await it.userOf("outgraphSetup"));
  const names = Object.values(COLLECTION);
  await it.root.db(it.database).dropDatabase();
  try {
    const { made } = await setUpOutbox(client, it.database);
    for (const name of names) expect(made).toContain(`collection ${name}`);
    const entries = outboxCollections(client.db(it.database)).entries;
    await expect(entries.deleteMany({})).rejects.toThrow(/not authorized/);
  } finally {
    await client.close();
  }
});
