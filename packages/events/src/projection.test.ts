import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mutation, NodeRef } from "./gen/outgraph/graph/v1/mutation_pb.ts";
import { edge, node } from "./mutations.ts";
import { type Projection, projectionDiff } from "./projection.ts";
import { int, type Properties, toProperties } from "./value.ts";

const person = (id: string): NodeRef => node("Person", { id });
const tag = (id: string): NodeRef => node("Tag", { id });

function kinds(before: Projection | undefined, after: Projection | undefined): unknown[] {
  return projectionDiff(before, after).map((mutation) => mutation.kind.case);
}

test("equal projections differ by nothing, NaN and dates included", () => {
  const projection = {
    nodes: [
      {
        node: person("a"),
        owner: "own" as const,
        set: { x: Number.NaN, at: new Date(0), tags: ["t"], none: null },
        labels: ["Author"],
      },
    ],
    edges: [{ edge: edge("HAS", person("a"), tag("t")), set: { n: 1n } }],
  };

  expect(projectionDiff(projection, structuredClone(projection))).toEqual([]);
});

test("a change names the changed properties alone", () => {
  const before = { node: person("a"), owner: "own", set: { a: 1n, b: 2n, c: 3n } } as const;
  const after = { ...before, set: { a: 1n, b: 5n } } as const;

  const [mutation, ...others] = projectionDiff({ nodes: [before] }, { nodes: [after] });

  expect(others).toEqual([]);
  expect(mutation?.kind.value).toMatchObject({ set: toProperties({ b: 5n }), unset: ["c"] });
});

test("what is removed is named once, and in one order", () => {
  const before = { node: person("a"), owner: "own", set: { c: 1n, ab: 1n, a: 1n } } as const;
  const labels = { before: ["Y", "X", "X"], after: ["Z", "Z"] };

  const [mutation] = projectionDiff(
    { nodes: [{ ...before, labels: labels.before }] },
    { nodes: [{ ...before, set: {}, labels: labels.after }] },
  );

  expect(mutation?.kind.value).toMatchObject({
    unset: ["a", "ab", "c"],
    addLabels: ["Z"],
    removeLabels: ["Y", "X"],
  });
});

test("a deleted document takes its own nodes along, and leaves the shared ones", () => {
  const before: Projection = {
    nodes: [
      { node: person("a"), owner: "own" },
      { node: tag("t"), owner: "shared" },
    ],
    edges: [{ edge: edge("HAS", person("a"), tag("t")) }],
  };

  expect(kinds(before, undefined)).toEqual(["deleteNode"]); // the edge goes with its end
  expect(kinds(undefined, before)).toEqual(["mergeNode", "mergeNode", "mergeEdge"]);
});

test("an edge to a node that is no longer projected is made again, to a stub", () => {
  const edges = [{ edge: edge("KNOWS", person("a"), person("b")) }];
  const before: Projection = { nodes: [{ node: person("b"), owner: "own" }], edges };

  expect(kinds(before, { edges })).toEqual(["deleteNode", "mergeEdge"]);
});

test("a node that is projected twice is refused", () => {
  const nodes = [person("a"), person("a")].map((one) => ({ node: one, owner: "own" as const }));

  expect(() => projectionDiff(undefined, { nodes })).toThrow(RangeError);
});

/** Nodes and edges by name, as far as the diff's four kinds of mutation make them. */
type Graph = { nodes: Map<string, Row>; edges: Map<string, Row> };
type Row = { labels: Set<string>; set: Map<string, string>; ends: readonly string[] };

function apply(graph: Graph, mutations: readonly Mutation[]): Graph {
  const nameOf = (ref: object | undefined): string =>
    JSON.stringify(ref, (_key, value) => (typeof value === "bigint" ? `${value}` : value));
  const row = (map: Map<string, Row>, name: string, ends: readonly string[] = []): Row => {
    const found = map.get(name) ?? { labels: new Set(), set: new Map(), ends };
    map.set(name, found);
    return found;
  };
  for (const { kind } of mutations) {
    switch (kind.case) {
      case "deleteEdge":
        graph.edges.delete(nameOf(kind.value.edge));
        break;
      case "deleteNode": {
        const name = nameOf(kind.value.node);
        graph.nodes.delete(name);
        for (const [id, { ends }] of graph.edges) if (ends.includes(name)) graph.edges.delete(id);
        break;
      }
      case "mergeNode": {
        const found = row(graph.nodes, nameOf(kind.value.node));
        for (const label of kind.value.addLabels) found.labels.add(label);
        for (const label of kind.value.removeLabels) found.labels.delete(label);
        write(found, kind.value);
        break;
      }
      case "mergeEdge": {
        const ends = [nameOf(kind.value.edge?.from), nameOf(kind.value.edge?.to)];
        for (const end of ends) row(graph.nodes, end);
        write(row(graph.edges, nameOf(kind.value.edge), ends), kind.value);
        break;
      }
      default:
        throw new Error(`a diff makes no ${kind.case}`);
    }
    function write(found: Row, changes: { set: object; unset: string[] }): void {
      for (const [name, value] of Object.entries(changes.set)) found.set.set(name, nameOf(value));
      for (const name of changes.unset) found.set.delete(name);
    }
  }
  return graph;
}

function made(projection: Projection): Graph {
  return apply({ nodes: new Map(), edges: new Map() }, projectionDiff(undefined, projection));
}

const properties: fc.Arbitrary<Properties> = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.oneof(fc.nat(2).map(int), fc.constantFrom(null, "x", -0, 0, Number.NaN)),
);
const ids = fc.constantFrom("1", "2", "3");
const projections: fc.Arbitrary<Projection> = fc
  .record({
    nodes: fc.uniqueArray(
      fc.record({
        id: ids,
        shared: fc.boolean(),
        set: properties,
        labels: fc.uniqueArray(fc.constantFrom("X", "Y")),
      }),
      { selector: ({ id, shared }) => `${id} ${shared}` },
    ),
    edges: fc.uniqueArray(fc.record({ from: ids, to: ids, toTag: fc.boolean(), set: properties }), {
      selector: ({ from, to, toTag }) => `${from} ${to} ${toTag}`,
    }),
  })
  .map(({ nodes, edges }) => ({
    nodes: nodes.map(({ id, shared, set, labels }) => ({
      node: shared ? tag(id) : person(id),
      owner: shared ? ("shared" as const) : ("own" as const),
      set,
      labels,
    })),
    edges: edges.map(({ from, to, toTag, set }) => ({
      edge: edge("T", person(from), toTag ? tag(to) : person(to)),
      set,
    })),
  }));

test("the difference turns what was projected into what is to be, but for shared nodes and stubs that stay", () => {
  fc.assert(
    fc.property(projections, projections, (before, after) => {
      const wanted = made(after);
      const graph = apply(made(before), projectionDiff(before, after));

      expect(graph.edges).toEqual(wanted.edges);
      for (const name of wanted.nodes.keys()) expect(graph.nodes.get(name)).toBeDefined();
      for (const { node: ref } of after.nodes ?? []) {
        const name = [...made({ nodes: [{ node: ref, owner: "own" }] }).nodes.keys()][0] ?? "";
        expect(graph.nodes.get(name)).toEqual(wanted.nodes.get(name));
      }
      expect(projectionDiff(after, after)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
