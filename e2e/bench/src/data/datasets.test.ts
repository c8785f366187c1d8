import { createEdge, deleteNode, edge, int, mergeEdge, mergeNode, node } from "@outgraph/events";
import { expect, test } from "vitest";
import { ADVERSARIAL } from "./adversarial.ts";
import { codeGraph } from "./code-graph.ts";
import { changesOf, entriesOf } from "./dataset.ts";
import { expectedGraph } from "./expected-graph.ts";
import { memory } from "./memory.ts";
import { seeded, zipf } from "./random.ts";

test("of Zipf's numbers the first come as often as their share says", () => {
  const next = zipf(1_000, 0.99, seeded(7));
  const counts = new Map<number, number>();
  for (let n = 0; n < 100_000; n++) {
    const key = next();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  const share = (n: number): number => 1 / (n + 1) ** 0.99;
  const sum = Array.from({ length: 1_000 }, (_, n) => share(n)).reduce((a, b) => a + b);
  for (const n of [0, 1, 9]) {
    expect((counts.get(n) ?? 0) / 100_000).toBeCloseTo(share(n) / sum, 2);
  }
  expect(Math.max(...counts.keys())).toBeLessThan(1_000);
});

test("a seed makes the same memory each time, of which 85 % are upserts of nodes", () => {
  const dataset = memory(10_000, 3);

  expect(expectedGraph(dataset)).toBe(expectedGraph(memory(10_000, 3)));
  expect(expectedGraph(dataset)).not.toBe(expectedGraph(memory(10_000, 4)));
  const upserts = dataset.entries.flat().filter(({ kind }) => kind.case === "mergeNode");
  expect(upserts.length / changesOf(dataset)).toBeCloseTo(0.85, 1);
});

test("the code graph has deletes, and each copy is a graph of its own", async () => {
  const [one, two] = [await codeGraph(1), await codeGraph(2)];

  expect(one.entries.flat().some(({ kind }) => kind.case === "deleteNode")).toBe(true);
  const files = (text: string): number => Number(/^File: (\d+)/m.exec(text)?.[1]);
  expect(files(expectedGraph(two))).toBe(2 * files(expectedGraph(one)));
}, 60_000);

test("entries carry the changes, under new ids each time", () => {
  const dataset = memory(3, 1);
  const [first, again] = [entriesOf(dataset), entriesOf(dataset)];

  expect(first.map((entry) => entry.events[0]?.mutations)).toEqual(dataset.entries);
  expect(first[0]?.id).not.toBe(again[0]?.id);
});

test("what is expected of a graph: stubs, deletes with their edges, parallel edges, sums", () => {
  const [a, b] = [node("A", { id: "a" }), node("A", { id: "b" })];
  const entries = [
    [mergeEdge(edge("TO", a, b)), mergeNode(a, { set: { n: int(2) } })],
    [mergeNode(a, { set: { n: int(3) } })],
    [createEdge("AT", a, a, { n: int(5) }), createEdge("AT", a, a, { n: int(6) })],
    [mergeNode(node("B", { id: "c" })), mergeEdge(edge("TO", a, node("B", { id: "c" })))],
    [deleteNode(node("B", { id: "c" }))],
  ];

  expect(expectedGraph({ name: "small", entries })).toBe(
    ["-AT: 2 with 2, sum 11", "-TO: 1 with 0, sum 0"]
      .concat(["A: 1 with 2, sum 3", "A:OutgraphStub: 1 with 1, sum 0"])
      .join("\n"),
  );
});

test("each adversarial dataset is one that can be expected", () => {
  for (const make of ADVERSARIAL) expect(expectedGraph(make(0.02))).not.toBe("");
});
