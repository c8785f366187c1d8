import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, type Difference } from "./compare.ts";
import { byKey, type Element, element } from "./element.ts";
import type { EdgeShape, NodeShape, Shape } from "./shape.ts";

const nodes: NodeShape = {
  ...{ node: "File", key: "path", counter: "ingests", collection: "files" },
  pipeline: [],
};
const edges: EdgeShape = {
  ...{ edge: "IMPORTS", from: nodes, to: nodes, collection: "files" },
  pipeline: [],
};

const file = (path: string, properties: object = { lines: 1n, ingests: 1n }): Element =>
  element([path], ["File"], properties);
const four = ["a", "b", "c", "d"].map((path) => file(path));

async function* stream(elements: readonly Element[]): AsyncGenerator<Element> {
  yield* elements;
}

interface Tally extends Partial<Record<Difference["kind"], number>> {
  readonly elements: number;
}

async function differences(
  documents: readonly Element[],
  graph: readonly Element[],
  shape: Shape = nodes,
): Promise<{ tally: Tally; found: string[] }> {
  const found: string[] = [];
  const counts: Partial<Record<Difference["kind"], number>> = {};
  const elements = await compare(shape, stream(documents), stream(graph), ({ kind, what, by }) => {
    found.push(`${kind} ${what}`);
    counts[kind] = (counts[kind] ?? 0) + by;
  });
  return { tally: { elements, ...counts }, found };
}

test("equal sides have no difference", async () => {
  const { tally, found } = await differences(four, four);

  expect(found).toEqual([]);
  expect(tally).toEqual({ elements: 4 });
});

test("a dropped element is missing", async () => {
  const { tally, found } = await differences(four, four.toSpliced(1, 1));

  expect(found).toEqual(['missing (:File {path: "b"})']);
  expect(tally).toEqual({ elements: 3, missing: 1 });
});

test("a ghost is extra, wherever it sorts", async () => {
  for (const path of ["", "bb", "z"]) {
    const { found } = await differences(four, [...four, file(path)].sort(byKey));

    expect(found).toEqual([`extra (:File {path: "${path}"})`]);
  }
});

test("a second element with the same key is extra", async () => {
  const { tally, found } = await differences(four, four.toSpliced(1, 0, file("b")));

  expect(found).toEqual(['extra (:File {path: "b"}), one more of it']);
  expect(tally).toEqual({ elements: 5, extra: 1 });
});

test("a stale property is different, and both values are named", async () => {
  const stale = file("b", { lines: 9n, ingests: 1n });

  const { tally, found } = await differences(four, four.with(1, stale));

  expect(found).toEqual([
    'different (:File {path: "b"}) lines: documents say int 1, graph says int 9',
  ]);
  expect(tally.different).toBe(1);
});

test("several properties of one element are one difference", async () => {
  const stale = file("b", { lines: 9n, ingests: 1n, bytes: 1n, test: true });

  const { tally, found } = await differences(four, four.with(1, stale));

  expect(found).toEqual([
    'different (:File {path: "b"}) lines: documents say int 1, graph says int 9; and 2 more properties',
  ]);
  expect(tally.different).toBe(1);
});

test("two elements that swapped their properties are both different", async () => {
  const [b, c] = [file("b", { lines: 2n }), file("c", { lines: 3n })];
  const swapped = [file("b", { lines: 3n }), file("c", { lines: 2n })];

  const { tally } = await differences([b, c], swapped);

  expect(tally).toEqual({ elements: 2, different: 2 });
});

test("an edge with a wrong end is missing and extra", async () => {
  const edge = (from: string, to: string): Element => element([from, to], [], {});

  const { found } = await differences([edge("a", "b")], [edge("a", "c")], edges);

  expect(found).toEqual([
    'missing (:File {path: "a"})-[:IMPORTS]->(:File {path: "b"})',
    'extra (:File {path: "a"})-[:IMPORTS]->(:File {path: "c"})',
  ]);
});

test("a wrong label is different, so a stub's mark left behind is seen", async () => {
  const stub = element(["b"], ["OutgraphStub", "File"], { lines: 1n, ingests: 1n });

  const { found } = await differences(four, four.with(1, stub));

  expect(found).toEqual([
    'different (:File {path: "b"}) labels: documents say File, graph says File, OutgraphStub',
  ]);
});

test("a counter that is too high was applied twice, one that is too low was lost", async () => {
  const graph = [
    ...[file("a", { lines: 1n, ingests: 3n }), file("b", { lines: 1n, ingests: 0n })],
    ...[file("c", { lines: 1n }), file("d", { lines: 1n, ingests: 1 })],
  ];

  const { tally, found } = await differences(four, graph);

  expect(tally).toEqual({ elements: 4, twice: 2, lost: 2, different: 1 });
  expect(found.map((text) => text.split(" ")[0])).toEqual(["twice", "lost", "lost", "different"]);
});

test("a side that is not sorted is refused, and so are documents that project twice to one key", async () => {
  await expect(differences(four, four.toReversed())).rejects.toThrow("graph out of order");
  await expect(differences(four.toReversed(), four)).rejects.toThrow("documents out of order");
  await expect(differences([...four, file("d")], four)).rejects.toThrow("documents out of order");
});

test("whatever is done to one side, every difference is found and nothing else", async () => {
  const anyKey = fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 });
  const sides = fc.dictionary(anyKey, fc.tuple(fc.bigInt(0n, 3n), fc.bigInt(0n, 3n)));
  await fc.assert(
    fc.asyncProperty(sides, sides, async (documents, graph) => {
      const { tally } = await differences(elementsOf(documents), elementsOf(graph));

      const both = Object.keys(documents).filter((key) => Object.hasOwn(graph, key));
      const surplus = both.map((key) => Number(graph[key]![1] - documents[key]![1]));
      const none = { missing: 0, extra: 0, different: 0, twice: 0, lost: 0 };
      expect({ ...none, ...tally }).toEqual({
        elements: Object.keys(graph).length,
        missing: Object.keys(documents).length - both.length,
        extra: Object.keys(graph).length - both.length,
        different: both.filter((key) => documents[key]![0] !== graph[key]![0]).length,
        twice: surplus.reduce((sum, by) => sum + Math.max(0, by), 0),
        lost: surplus.reduce((sum, by) => sum + Math.max(0, -by), 0),
      });
    }),
  );
});

function elementsOf(side: Record<string, [bigint, bigint]>): Element[] {
  return Object.entries(side)
    .map(([key, [lines, ingests]]) => file(key, { lines, ingests }))
    .sort(byKey);
}
