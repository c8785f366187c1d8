import { type EntryId, entryIdFor, newEntryId } from "@outgraph/events";
import { beforeEach, expect, test } from "vitest";
import { MemoryEntryStates } from "./test/memory-entry-states.ts";
import { WaitBoard } from "./wait-board.ts";

const LONG = 60_000;
const APPLIED = { state: "applied", ackedAt: new Date(1), bookmark: "b1" } as const;

let states: MemoryEntryStates;
let board: WaitBoard;
let told: string[];
beforeEach(() => {
  states = new MemoryEntryStates();
  told = [];
  board = new WaitBoard(states, 3, {
    opened: () => told.push("opened"),
    lost: () => told.push("lost"),
    open: () => undefined,
  });
});

const limit = (timeoutMs = LONG, signal = new AbortController().signal) => ({ timeoutMs, signal });
const stored = (): EntryId => {
  const id = newEntryId();
  states.store(id);
  return id;
};

/** Resolves once the board has read the states, so that what follows is told, not read. */
const readOnce = async () => {
  const before = states.asked;
  while (states.asked === before) await new Promise(setImmediate);
  await new Promise(setImmediate);
};

test("what is decided already is answered at once", async () => {
  const [a, b, c, d] = [stored(), stored(), stored(), stored()];
  states.decide([a], APPLIED);
  states.decide([b], { state: "parked", reason: "no end", since: new Date(1) });
  states.decide([c], { state: "blocked", behind: [b], since: new Date(1) });
  states.decide([d], { state: "skipped", reason: "wrong", by: "me", ackedAt: new Date(2) });

  const waited = await board.wait([a, b, c, d], limit());

  expect(
    [...(waited as Map<EntryId, { state: string }>).values()].map(({ state }) => state),
  ).toEqual(["applied", "parked", "blocked", "skipped"]);
  expect(board.open).toBe(0);
});

test("what is decided later is answered then, all together", async () => {
  const [a, b] = [stored(), stored()];
  const wait = board.wait([a, b], limit());
  await readOnce();

  states.decide([a], APPLIED);
  states.decide([b], { state: "parked", reason: "no end", since: new Date(1) });

  expect(await wait).toEqual(
    new Map<EntryId, object>([
      [a, APPLIED],
      [b, { state: "parked", reason: "no end", since: new Date(1) }],
    ]),
  );
});

test("what is decided between the reading and its answer is not missed, nor undone by it", async () => {
  const id = stored();
  states.before = () => states.decide([id], APPLIED);

  expect(await board.wait([id], limit())).toEqual(new Map([[id, APPLIED]]));
});

test("what was not seen yet is waited for; what may have been purged is not found", async () => {
  const old = entryIdFor(new Date("2020-01-01"), "old");
  states.purgeHorizon = Date.parse("2021-01-01");
  const coming = newEntryId();
  const wait = board.wait([old, coming], limit());
  await readOnce();

  states.store(coming);
  states.decide([coming], APPLIED);

  expect(await wait).toEqual(
    new Map<EntryId, object>([
      [old, { state: "not_found" }],
      [coming, APPLIED],
    ]),
  );
});

test("when the time is up, what is known is answered, and nothing is left", async () => {
  const [a, b] = [stored(), stored()];
  states.decide([a], APPLIED);

  const waited = await board.wait([a, b, b], limit(20));

  expect(waited).toEqual(
    new Map<EntryId, object>([
      [a, APPLIED],
      [b, { state: "pending" }],
    ]),
  );
  expect(board.open).toBe(0);
});

test("a caller that goes away leaves nothing", async () => {
  const control = new AbortController();
  const wait = board.wait([stored()], limit(LONG, control.signal));
  await readOnce();
  expect(board.open).toBe(1);

  control.abort();

  expect(await wait).toEqual({ kind: "cancelled" });
  expect(board.open).toBe(0);
});

test("many waits are fed by one stream and one reading each", async () => {
  const id = stored();
  const waits = [board.wait([id], limit()), board.wait([id], limit()), board.wait([id], limit())];
  await readOnce();

  states.decide([id], APPLIED);

  expect(await Promise.all(waits)).toEqual(waits.map(() => new Map([[id, APPLIED]])));
  expect(told).toEqual(["opened"]);
  expect(states.asked).toBe(3);
});

test("more waits than allowed are refused, and taken again when there is room", async () => {
  const id = stored();
  const waits = [1, 2, 3].map(() => board.wait([id], limit()));
  await readOnce();

  expect(await board.wait([id], limit())).toEqual({ kind: "waits_full", max: 3 });
  states.decide([id], APPLIED);
  await Promise.all(waits);
  expect(await board.wait([id], limit())).toEqual(new Map([[id, APPLIED]]));
});

test("what is decided while the stream is lost is asked for when it is back", async () => {
  const id = stored();
  const wait = board.wait([id], limit());
  await readOnce();

  states.loseStream();
  states.decide([id], APPLIED); // told to nobody
  states.openStream();

  expect(await wait).toEqual(new Map([[id, APPLIED]]));
  expect(told).toEqual(["opened", "lost", "opened"]);
});

test("a reading that fails after a loss is tried again", async () => {
  const id = stored();
  const wait = board.wait([id], limit());
  await readOnce();

  states.loseStream();
  states.decide([id], APPLIED);
  states.failure = new Error("still away");
  states.openStream();

  expect(await wait).toEqual(new Map([[id, APPLIED]]));
});

test("states that cannot be read fail the call", async () => {
  states.failure = new Error("away");

  await expect(board.wait([stored()], limit())).rejects.toThrow("away");
  expect(board.open).toBe(0);
});

test("stop ends every wait with UNAVAILABLE and takes no more", async () => {
  const wait = board.wait([stored()], limit());
  await readOnce();

  await board.stop();

  expect(await wait).toMatchObject({ kind: "unavailable" });
  expect(await board.wait([stored()], limit())).toMatchObject({ kind: "unavailable" });
});

test("what a graph that was put back lacks is waited for until it has it again", async () => {
  const id = stored();
  states.decide([id], APPLIED);
  states.emptied = true;
  const wait = board.wait([id], limit());
  await readOnce();

  states.emptied = false;

  expect(await wait).toEqual(new Map([[id, APPLIED]]));
});

test("waits that come at once share a few readings, and one decision answers them all", async () => {
  const many = new WaitBoard(states, 10_000, {
    opened: () => undefined,
    lost: () => undefined,
    open: () => undefined,
  });
  const ids = Array.from({ length: 100 }, stored);
  const waits = Array.from({ length: 5_000 }, (_, i) => many.wait([ids[i % 100]!], limit()));
  while (states.asked === 0) await new Promise(setImmediate);
  await new Promise(setImmediate);

  states.decide(ids, APPLIED);

  const waited = await Promise.all(waits);
  expect(waited.map((each) => [...(each as Map<EntryId, unknown>).values()])).toEqual(
    Array.from({ length: 5_000 }, () => [APPLIED]),
  );
  expect(states.asked).toBeLessThan(50);
  expect(many.open).toBe(0);
});
