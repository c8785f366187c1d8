import { fileURLToPath } from "node:url";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  accumulate,
  createEdge,
  type Entry,
  type EntryId,
  EntryState,
  MutationSchema,
  mergeNode,
  NodeMatchSchema,
  node,
  type ParkedEntry,
  RelayRole,
  toValue,
} from "@outgraph/events";
import { entryIdOf } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary, entryOf } from "./test/entries.ts";
import { emptyGraph, query } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { isActive, type RelayProcess, relayProcess } from "./test/relay-process.ts";

const CRASHING = fileURLToPath(new URL("./test/crashing-relay.ts", import.meta.url));
/** Long enough for a busy machine, and not much to wait for after a SIGKILL. */
const QUICK = { OUTGRAPH_LEASE_TTL_MS: "3000" };

// Two or three processes one after another: seconds on a quiet machine.
vi.setConfig({ testTimeout: 180_000 });

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(async () => {
  await query("DROP CONSTRAINT parking_test IF EXISTS");
  await outbox[Symbol.asyncDispose]();
});

const thing = (name: string) => node("Thing", { name });
/** An entry that leaves its id in the list of a node. */
const onto = (name: string): Entry => {
  const entry = entryOf([]);
  return entryOf([accumulate(thing(name), { append: { seen: [entry.id] } })], entry.id as EntryId);
};
/** What such entries left on the node, in the order in which they were applied. */
async function seen(name: string): Promise<readonly string[]> {
  const [row] = await query<{ seen: string[] | null }>(
    "MATCH (n:Thing {name: $name}) RETURN n.seen AS seen",
    { name },
  );
  return row?.seen ?? [];
}
/** An entry that fails as long as the property is a text. */
const adding = (name: string): Entry => entryOf([accumulate(thing(name), { add: { n: 1n } })]);

const parked = (relay: RelayProcess, parkedNow: number, blockedNow: number) =>
  relay.until(`${parkedNow} parked, ${blockedNow} blocked`, (status) => {
    return status.parked === BigInt(parkedNow) && status.blocked === BigInt(blockedNow);
  });
const list = async (relay: RelayProcess): Promise<ParkedEntry[]> =>
  (await relay.service.listParked({})).entries;

describe("entries that Neo4j refuses", () => {
  test("are parked for what they are; what depends on them is blocked, the rest flows, also after SIGKILL; mended or skipped, all goes in order", async () => {
    await query("CREATE CONSTRAINT parking_test FOR (m:Mailbox) REQUIRE m.address IS UNIQUE");
    await query("CREATE (:Mailbox {id: 1, address: 'a@x'}), (:Thing {name: 'text', n: 'a text'})");
    const match = create(NodeMatchSchema, { label: "Thing", where: { long: toValue("x") } });
    const matching = {
      case: "updateNodes",
      value: { match, set: { seen: toValue(["x"]) } },
    } as const;
    await using first = await relayProcess(outbox.database, QUICK);
    // An index over `long`, which holds no more than some 8,000 bytes.
    await outbox.append(entryOf([create(MutationSchema, { kind: matching })]));
    await acked(outbox, 1);

    // Given one entry of each kind, one behind each, and others between them.
    const mailbox = node("Mailbox", { id: 2n });
    const taken = await outbox.append(
      entryOf([mergeNode(mailbox, { set: { address: "a@x" } }), mergeNode(thing("mailbox"))]),
    );
    const text = await outbox.append(adding("text"));
    const one = await outbox.append(canary());
    const required = await outbox.append(
      entryOf([createEdge("OF", thing("edge"), thing("end"), {}, { absentEnds: "require" })]),
    );
    const long = await outbox.append(
      entryOf([mergeNode(thing("long"), { set: { long: "x".repeat(20_000) } })]),
    );
    const behind = [];
    for (const name of ["mailbox", "text", "edge", "long"]) {
      behind.push(await outbox.append(onto(name)));
    }
    const two = await outbox.append(canary());
    await parked(first, 4, 4);
    await acked(outbox, 3);

    expect((await canaries()).ids).toEqual([one, two]);
    const [a, b, c, d, ...rest] = await list(first);
    expect(a).toMatchObject({ id: taken, state: EntryState.PARKED, attempts: 1, source: "test" });
    expect(a?.error).toMatch(/already exists.*address/);
    expect(a?.cypher).toContain("MERGE (n:`Mailbox`");
    expect(b).toMatchObject({ id: text, error: expect.stringContaining("it is no number") });
    expect(c).toMatchObject({
      id: required,
      error: expect.stringContaining("is not there, and required"),
    });
    expect(d).toMatchObject({ id: long, error: expect.stringMatching(/too large to index/i) });
    expect(rest.map(({ id, state, behind }) => [id, state, behind])).toEqual(
      behind.map((id, index) => [id, EntryState.BLOCKED, [[taken, text, required, long][index]]]),
    );
    // A page at a time.
    const page = await first.service.listParked({ pageSize: 3 });
    const next = await first.service.listParked({ pageSize: 300, pageToken: page.nextPageToken });
    expect([...page.entries, ...next.entries].map(({ id }) => id)).toEqual([
      taken,
      text,
      required,
      long,
      ...behind,
    ]);
    expect(next.nextPageToken).toBe("");

    // When the relay is killed, the next one knows all of it.
    await first.process.kill();
    await using relay = await relayProcess(outbox.database, QUICK);
    const late = await outbox.append(onto("edge"));
    const three = await outbox.append(canary());
    await parked(relay, 4, 5);
    await acked(outbox, 4);
    expect((await canaries()).ids).toEqual([one, two, three]);

    // Not mended, a retry is one more try.
    expect(await relay.service.retryParked({ id: text })).toMatchObject({
      applied: false,
      error: expect.stringContaining("it is no number"),
    });
    expect((await list(relay))[1]).toMatchObject({ id: text, attempts: 2 });
    expect(await seen("text")).toEqual([]);

    // Mended, it is applied, and then what it blocked.
    await query("MATCH (m:Mailbox {id: 1}) DETACH DELETE m");
    await query("MATCH (n:Thing {name: 'text'}) SET n.n = 1");
    await query("MERGE (:Thing {name: 'edge'}) MERGE (:Thing {name: 'end'})");
    for (const [id, released] of [
      [taken, 1],
      [text, 1],
      [required, 2],
    ] as const) {
      expect(await relay.service.retryParked({ id })).toMatchObject({ applied: true, released });
    }
    expect(await relay.service.skipParked({ id: long, reason: "too long" })).toMatchObject({
      released: 1,
    });
    await parked(relay, 0, 0);

    expect(await seen("mailbox")).toEqual([behind[0]]);
    expect(await seen("text")).toEqual([behind[1]]);
    expect(await seen("edge")).toEqual([behind[2], late]);
    expect(await seen("long")).toEqual([behind[3]]);
    expect(await query("MATCH (:Thing {name: 'edge'})-[r:OF]->(:Thing) RETURN r")).toHaveLength(1);
    expect(await query("MATCH (n:Thing {name: 'text'}) RETURN n.n AS n")).toEqual([{ n: 2n }]);
    expect(await list(relay)).toEqual([]);
    const skip = await outbox.collections.acks.findOne({ _id: `skip/${long}` });
    expect(skip).toMatchObject({ skipped: { reason: "too long", by: "local" } });
    expect(skip?.entries.map(entryIdOf)).toEqual([long]);
  });

  test("stop everything where nothing may be parked", async () => {
    await query("CREATE (:Thing {name: 'text', n: 'a text'})");
    const text = await outbox.append(adding("text"));
    await outbox.append(canary());
    const env = { ...QUICK, OUTGRAPH_ON_POISON: "halt" };
    await using relay = await relayProcess(outbox.database, env);

    const { haltReason } = await relay.until("it halts", (status) => status.haltReason !== "");

    expect(haltReason).toContain(text);
    expect(await outbox.collections.parked.countDocuments()).toBe(0);
    await expect(relay.service.pause({})).rejects.toMatchObject({ code: Code.FailedPrecondition });
  });
});

describe("a SIGKILL", () => {
  test.each(["during setAside", "after setAside"])(
    "%s while an entry is parked loses nothing and keeps what depends in order",
    async (moment) => {
      await query("CREATE (:Thing {name: 'text', n: 'a text'})");
      const text = await outbox.append(adding("text"));
      const behind = [await outbox.append(onto("text")), await outbox.append(onto("text"))];
      const free = await outbox.append(canary());
      await crash(moment, "2");

      await using relay = await relayProcess(outbox.database, QUICK);
      await parked(relay, 1, 2);
      await acked(outbox, 1);
      expect((await canaries()).ids).toEqual([free]);
      expect((await list(relay)).map(({ id }) => id)).toEqual([text, ...behind]);

      await query("MATCH (n:Thing {name: 'text'}) SET n.n = 1");
      await relay.service.retryAllParked({});
      await parked(relay, 0, 0);
      expect(await seen("text")).toEqual(behind);
      expect(await query("MATCH (n:Thing {name: 'text'}) RETURN n.n AS n")).toEqual([{ n: 2n }]);
    },
  );

  test.each([
    ["retry", "during commit"],
    ["retry", "after commit"],
    ["skip", "after skip"],
  ])("in the midst of a %s, %s, leaves the entry parked, or done once", async (what, moment) => {
    await query("CREATE (:Thing {name: 'text', n: 'a text'})");
    const text = await outbox.append(adding("text"));
    const behind = [await outbox.append(onto("text")), await outbox.append(onto("text"))];
    {
      await using relay = await relayProcess(outbox.database, QUICK);
      await parked(relay, 1, 2);
      await query("MATCH (n:Thing {name: 'text'}) SET n.n = 1");
    }
    const env = { ...QUICK, OUTGRAPH_TEST_CRASH: moment };
    await using crashing = await relayProcess(outbox.database, env, CRASHING);
    await parked(crashing, 1, 2);
    const ordered =
      what === "retry"
        ? crashing.service.retryParked({ id: text })
        : crashing.service.skipParked({ id: text, reason: "wrong" });
    await expect(ordered).rejects.toThrow();
    expect((await crashing.process.exited).signal).toBe("SIGKILL");

    await using relay = await relayProcess(outbox.database, QUICK);
    await relay.until("it carries", isActive);
    const left = await waitUntil(
      async () => {
        const there = await list(relay);
        const { parked: known } = await relay.status();
        return there.length === 0 || known === 1n ? there : undefined;
      },
      { what: "it is parked still, or done", timeoutMs: 20_000 },
    );
    if (left.length > 0) {
      expect(left.map(({ id }) => id)).toEqual([text, ...behind]);
      if (what === "retry") await relay.service.retryParked({ id: text });
      else await relay.service.skipParked({ id: text, reason: "wrong" });
    }
    await parked(relay, 0, 0);
    expect(await seen("text")).toEqual(behind);
    const n = what === "retry" ? 2n : 1n;
    expect(await query("MATCH (n:Thing {name: 'text'}) RETURN n.n AS n")).toEqual([{ n }]);
    expect(await outbox.collections.parked.countDocuments()).toBe(0);
  });
});

describe("orders and questions", () => {
  test("a standby names the relay to ask, and lists and explains all the same", async () => {
    await query("CREATE (:Thing {name: 'text', n: 'a text'})");
    const text = await outbox.append(adding("text"));
    const behind = await outbox.append(onto("text"));
    await using owner = await relayProcess(outbox.database, QUICK);
    await parked(owner, 1, 1);
    const { holder } = await owner.status();
    await using standby = await relayProcess(outbox.database, QUICK);

    for (const ask of [
      () => standby.service.retryParked({ id: text }),
      () => standby.service.retryAllParked({}),
      () => standby.service.skipParked({ id: text, reason: "x" }),
      () => standby.service.pause({}),
      () => standby.service.resume({}),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: Code.FailedPrecondition,
        message: expect.stringContaining(holder),
      });
    }
    expect(await list(standby)).toHaveLength(2);
    const explained = await standby.service.explain({ id: behind });
    expect(explained).toMatchObject({
      effects: [`merge node (:Thing {name: "text"}) as a stub append ${listText(behind)} to seen`],
      conflicts: [text],
      statements: [{ cypher: expect.stringContaining("MERGE (n:`Thing`"), rows: 1 }],
    });
    expect(JSON.parse(explained.statements[0]?.parametersJson ?? "")).toMatchObject({
      rows: [{ key: { name: "text" } }],
    });
    expect(await seen("text")).toEqual([]);
  });

  test("what cannot be asked so is refused, and says why", async () => {
    await query("CREATE (:Thing {name: 'text', n: 'a text'})");
    const text = await outbox.append(adding("text"));
    const behind = await outbox.append(onto("text"));
    await using relay = await relayProcess(outbox.database, QUICK);
    await parked(relay, 1, 1);
    const { service } = relay;
    const other = entryOf([]).id;

    const refused = async (answer: Promise<unknown>, code: Code, message: RegExp) =>
      await expect(answer).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await refused(service.retryParked({ id: "x" }), Code.InvalidArgument, /id/);
    await refused(service.retryParked({ id: other }), Code.NotFound, /not parked/);
    await refused(service.retryParked({ id: behind }), Code.FailedPrecondition, new RegExp(text));
    await refused(service.skipParked({ id: text, reason: "" }), Code.InvalidArgument, /reason/);
    await refused(service.skipParked({ id: text, reason: " " }), Code.InvalidArgument, /reason/);
    await refused(service.skipParked({ id: other, reason: "x" }), Code.NotFound, /not parked/);
    await refused(service.listParked({ pageSize: 1_001 }), Code.InvalidArgument, /page_size/);
    await refused(service.listParked({ pageToken: "x" }), Code.InvalidArgument, /page_token/);
    await refused(service.explain({ id: other }), Code.NotFound, /does not have/);
  });

  test("a pause holds over a restart, and a resume goes on with what has come meanwhile", async () => {
    await using first = await relayProcess(outbox.database, QUICK);
    await first.until("it carries", isActive);
    const ids = [await outbox.append(canary())];
    await acked(outbox, 1);
    await first.service.pause({});
    ids.push(await outbox.append(canary()));
    await first.until("it sees what waits", (now) => now.backlog?.entries === 1n);
    expect((await first.probe("/readyz")).status).toBe(200);
    await first.process.kill();
    await using relay = await relayProcess(outbox.database, QUICK);
    await relay.until("it is paused", ({ role }) => role === RelayRole.PAUSED);
    ids.push(await outbox.append(canary()));
    expect((await canaries()).ids).toEqual(ids.slice(0, 1));

    await relay.service.resume({});
    await acked(outbox, 3);

    expect((await canaries()).ids).toEqual(ids);
  });
});

function listText(id: string): string {
  return JSON.stringify(JSON.stringify({ listValue: { strings: { values: [id] } } }));
}

/** Runs a relay that ends at this moment. */
async function crash(moment: string, rowsMax: string): Promise<void> {
  const env = { ...QUICK, OUTGRAPH_TEST_CRASH: moment, OUTGRAPH_BATCH_ROWS_MAX: rowsMax };
  // It may be gone before it was seen to listen.
  await using crashing = await relayProcess(outbox.database, env, CRASHING).catch(() => undefined);
  if (crashing !== undefined) expect((await crashing.process.exited).signal).toBe("SIGKILL");
}
