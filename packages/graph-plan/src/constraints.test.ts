import { deleteNode, edge, mergeEdge, mergeNode, node } from "@outgraph/events";
import { expect, test } from "vitest";
import { constraintCypher, constraintOf } from "./constraints.ts";
import { fold } from "./fold.ts";
import { compilePlan } from "./plan.ts";
import { entryOf } from "./test/entries.ts";

const shape = (label: string, ...keys: string[]) => ({ label, keys, text: "" });

test("a plan asks for one constraint behind each key that nodes are merged by", () => {
  const ends = edge("T", node("A", { id: 1n }), node("B", { x: 1n, id: 1n }));
  const gone = node("Gone", { id: 1n });
  const entries = [entryOf([mergeEdge(ends), deleteNode(gone), mergeNode(node("A", { id: 2n }))])];

  const { constraints } = compilePlan(fold(entries), { encode: (value) => value });

  expect(constraints).toEqual([
    { kind: "node", name: "outgraph_A_id", labelOrType: "A", properties: ["id"] },
    { kind: "node", name: "outgraph_B_id_x", labelOrType: "B", properties: ["id", "x"] },
  ]);
});

test("a constraint is made unless it is there", () => {
  expect(constraintCypher(constraintOf(shape("B", "id", "x")))).toBe(
    "CREATE CONSTRAINT `outgraph_B_id_x` IF NOT EXISTS FOR (n:`B`) REQUIRE (n.`id`, n.`x`) IS UNIQUE",
  );
});

test("keys that read alike have constraints of different names", () => {
  const names = [shape("A_b", "c"), shape("A", "b_c"), shape("A", "b", "c"), shape("A_b_c", "d")];

  expect(new Set(names.map((each) => constraintOf(each).name)).size).toBe(names.length);
});

test("a long name is cut, and still of one key only", () => {
  const long = "L".repeat(128);
  const names = ["x", "y"].map((key) => constraintOf(shape(long, long, key)).name);

  expect(names[0]).not.toBe(names[1]);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(100);
});
