import { expect, test } from "vitest";
import { Lane, type LaneWork } from "./lane.ts";

/** A lane whose runs end when they are told to. */
function laneOf(work: Partial<LaneWork<string>> = {}) {
  const runs: { items: readonly string[]; end: () => void; free: () => void }[] = [];
  const lane = new Lane<string>({
    widthMax: 1,
    together: { countMax: 3, bytesMax: 10 },
    bytesOf: (item) => item.length,
    dropped: () => false,
    run: (items, free) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      runs.push({ items, end: resolve, free });
      return promise;
    },
    ...work,
  });
  const ran = (): string[] => runs.map(({ items }) => items.join(" "));
  const end = async (index: number): Promise<void> => {
    runs[index]!.end();
    await new Promise(setImmediate);
  };
  return { lane, runs, ran, end };
}

test("what comes alone goes at once", () => {
  const { lane, ran } = laneOf();

  lane.add(["a"]);

  expect(ran()).toEqual(["a"]);
});

test("what came while others were under way goes together, in the order in which it came", async () => {
  const { lane, ran, end } = laneOf();
  lane.add(["a"]);
  lane.add(["b"]);
  lane.add(["c"]);
  expect(ran()).toEqual(["a"]);

  await end(0);

  expect(ran()).toEqual(["a", "b c"]);
});

test("a run is bounded by count and by bytes; what is larger than that goes alone", async () => {
  const { lane, ran, end } = laneOf();
  const large = "x".repeat(11);

  lane.add(["a", "b", "c", "d", "eeeeeeee", "ff", large, "g"]);
  for (let i = 0; i < 5; i++) await end(i);

  expect(ran()).toEqual(["a b c", "d eeeeeeee", "ff", large, "g"]);
});

test("as many runs are under way as it is wide", async () => {
  const { lane, ran, end } = laneOf({ widthMax: 2 });

  lane.add(["a"]);
  lane.add(["b"]);
  lane.add(["c"]);
  expect(ran()).toEqual(["a", "b"]);
  await end(1);

  expect(ran()).toEqual(["a", "b", "c"]);
});

test("a run that gives its place up early gives up one place, once", async () => {
  const { lane, ran, runs, end } = laneOf();
  lane.add(["a"]);
  lane.add(["b"]);
  lane.add(["c"]);

  runs[0]!.free();
  runs[0]!.free();
  expect(ran()).toEqual(["a", "b c"]);
  lane.add(["d"]);
  await end(0);

  expect(ran()).toEqual(["a", "b c"]);
});

test("what nobody wants any more is not run, and takes nobody's place", async () => {
  const gone = new Set(["b", "c"]);
  const { lane, ran, end } = laneOf({ dropped: (item) => gone.has(item) });
  lane.add(["a"]);
  lane.add(["b", "c", "d", "e", "f"]);

  await end(0);

  expect(ran()).toEqual(["a", "d e f"]);
});

test("a long queue keeps its order", async () => {
  const all = Array.from({ length: 5_000 }, (_, i) => String(i));
  const seen: string[] = [];
  const done = Promise.withResolvers<void>();
  const lane = new Lane<string>({
    widthMax: 1,
    together: { countMax: 7, bytesMax: 1_000 },
    bytesOf: () => 1,
    dropped: () => false,
    run: async (items) => {
      seen.push(...items);
      if (seen.length === all.length) done.resolve();
    },
  });

  lane.add(all.slice(0, 3_000));
  lane.add(all.slice(3_000));
  await done.promise;

  expect(seen).toEqual(all);
});
