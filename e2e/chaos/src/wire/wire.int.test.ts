import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRunners } from "@outgraph/contract/runners";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { respondsBy } from "./expect.ts";
import { KINDS } from "./kinds.ts";
import { meetMongoCodes } from "./mongo-codes.ts";
import { meetNeo4jFailures, ONE_OF_EACH } from "./neo4j-codes.ts";
import { PLACES } from "./places.ts";
import { goesOn, heal, judged, type Play, startPlay } from "./play.ts";
import { polyglot, SPEAKERS } from "./polyglot.ts";
import { scenario } from "./scenario.ts";
import { epochOf } from "./stage.ts";

// A part of `pnpm wire` that takes no long time.

/** A busy machine takes several times what a quiet one does. */
const LONG_MS = 600_000;

let play: Play;
beforeAll(async () => {
  const servers = {
    mongodbUri: inject("mongodbUri"),
    neo4jUri: inject("neo4jUri"),
    neo4jUser: inject("neo4jUser"),
    neo4jPassword: inject("neo4jPassword"),
    database: `wire_${crypto.randomUUID().slice(0, 8)}`,
  };
  play = await startPlay(servers, 1, { env: { OUTGRAPH_LEASE_TTL_MS: "10000" } });
}, LONG_MS);
afterAll(() => play?.[Symbol.asyncDispose](), LONG_MS);

const LOST_REPLIES = [
  "COMMIT of a batch",
  "COMMIT of the fence",
  "ack",
  "lease renewal",
  "commit of a park",
  "commit of a skip",
  "getMore of the stream",
  "commitTransaction of the append service",
  "commitTransaction of the library",
  "append RPC",
];

test("a lost reply, wherever, loses nothing, repeats nothing, and keeps the order", {
  timeout: LONG_MS,
}, async () => {
  const [lostReply] = KINDS;
  const places = PLACES.filter(({ name }) => LOST_REPLIES.includes(name));
  expect(places).toHaveLength(LOST_REPLIES.length);

  for (const place of places) {
    expect(await scenario(play, place, lostReply as (typeof KINDS)[number])).toEqual({
      place: place.name,
      kind: "lost reply",
      fired: true,
      wrong: [],
    });
  }

  expect((await judged(play)).violations).toEqual([]);
});

test("a lost reply of COMMIT is looked up in the journal, and costs no term", {
  timeout: LONG_MS,
}, async () => {
  const before = await epochOf(play.stage);
  const commit = PLACES.find(({ name }) => name === "COMMIT of a batch")?.match ?? (() => false);
  const lost = play.stage.wires["relay-neo4j"].map((wire) => wire.loseReply(commit));

  const wrong = await respondsBy(play, "retried", () => Promise.any(lost).then(() => {}));
  await heal(play);

  expect(wrong).toEqual([]);
  expect(await goesOn(play)).toBe(true);
  expect(await epochOf(play.stage)).toBe(before);
});

test("a failure of each kind ends as its kind says, whichever server says it", {
  timeout: LONG_MS,
}, async () => {
  const met = [
    ...(await meetMongoCodes(play, [112])), // a conflict; what halts a relay costs more time
    ...(await meetNeo4jFailures(play, ONE_OF_EACH.slice(0, 3), undefined, [])),
  ];

  expect(met.filter(({ fired, wrong }) => !fired || wrong.length > 0)).toEqual([]);
  expect(met.length).toBe(12 + 9);
  expect((await judged(play)).violations).toEqual([]);
});

test("Python and Go, under lost replies: ambiguous calls N, duplicates 0", {
  timeout: 2 * LONG_MS,
}, async () => {
  await using made = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "outgraph-wire-"));
  made.defer(() => rm(folder, { recursive: true, force: true }));
  const runners = made.use(await startRunners(folder));
  const calls = 2;
  const others = SPEAKERS.filter(({ language }) => language !== "TypeScript");

  const told = await polyglot(play.stage, runners, calls, undefined, others);

  expect(told).toEqual(told.map(({ who }) => ({ who, calls, duplicates: 0, wrong: [] })));
  expect(told).toHaveLength(6);
});
