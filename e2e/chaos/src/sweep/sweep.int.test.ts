import type {} from "@outgraph/stack/vitest";
import { expect, inject, test } from "vitest";
import { POINTS } from "./points.ts";
import { runPoint } from "./run-point.ts";

// One of each kind of process, and of each way to reach a point; the others are `pnpm sweep`.
test.each([
  ["writer: committed but not answered", 1],
  ["service: in a shared group, commit sent", 1],
  ["relay: COMMIT sent", 2],
  ["relay: take-over committed but ring not acked", 1],
] as const)(
  "%s: what is killed there loses nothing and repeats nothing (occurrence %i)",
  async (name, nth) => {
    const point = POINTS.find((each) => each.name === name);
    if (point === undefined) throw new Error(`there is no point ${name}`);
    const servers = {
      mongodbUri: inject("mongodbUri"),
      neo4jUri: inject("neo4jUri"),
      neo4jUser: inject("neo4jUser"),
      neo4jPassword: inject("neo4jPassword"),
    };
    const ran = await runPoint(servers, { point, nth, seed: 1 });
    expect(ran.violations).toEqual([]);
    expect(ran.notJudged).toEqual(["blast-radius"]);
  },
  180_000,
);
