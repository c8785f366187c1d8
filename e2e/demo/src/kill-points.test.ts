import { expect, test } from "vitest";
import { plannedKills } from "./kill-points.ts";

test("three kills of the relay and one of Neo4j lie in the midst of two revisions", () => {
  expect(plannedKills(252, 116, { workerKills: 3 })).toEqual([
    { at: 84, what: "worker" },
    { at: 168, what: "worker" },
    { at: 291, what: "neo4j" },
    { at: 329, what: "worker" },
  ]);
});

test("Neo4j is killed once, whatever else is, and no kill is outside the stream", () => {
  for (let workerKills = 0; workerKills <= 20; workerKills++) {
    for (const [first, second] of [
      [252, 116],
      [5, 2],
      [1, 1],
    ] as const) {
      const kills = plannedKills(first, second, { workerKills });

      expect(kills.filter(({ what }) => what === "neo4j")).toHaveLength(1);
      expect(kills).toHaveLength(workerKills + 1);
      for (const { at } of kills) expect(at).toSatisfy((n) => n >= 1 && n <= first + second);
    }
  }
});
