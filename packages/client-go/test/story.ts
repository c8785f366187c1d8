import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  accumulate,
  createEdge,
  deleteEdge,
  deleteNode,
  edge,
  int,
  type Mutation,
  MutationSchema,
  mergeEdge,
  mergeNode,
  NodeMatchSchema,
  type NodeRef,
  node,
  type Properties,
  toProperties,
  ValueSchema,
} from "@outgraph/events";
import type { Driver } from "neo4j-driver";

const VALUES = join(import.meta.dirname, "../../../e2e/vectors/golden/values.json");

/** What `round_trip_test.go` tells, one list of mutations for each entry. */
export async function story(): Promise<Mutation[][]> {
  const of = (label: string, name: string): NodeRef => node(label, { by: "typescript", name });
  const values = JSON.parse(await readFile(VALUES, "utf8")) as { name: string; bytes: string }[];
  const file = of("GoStoryFile", "a.ts");
  const f = of("GoStorySymbol", "f");
  const g = of("GoStorySymbol", "g");
  const gone = of("GoStorySymbol", "gone");
  const defines = edge("STORY_DEFINES", file, f);
  const calls = (line: number) => edge("STORY_CALLS", f, g, { line: int(line) });
  const match = (label: string, where: Properties) =>
    create(NodeMatchSchema, { label, where: toProperties({ by: "typescript", ...where }) });
  const symbols = match("GoStorySymbol", {});
  const files = match("GoStorySource", {});
  const saw = createEdge("STORY_SAW", f, file, { at: 1.5 });
  return [
    ...values.map(({ name, bytes }) => {
      const v = fromBinary(ValueSchema, Buffer.from(bytes, "base64"));
      return [mergeNode(of("GoStoryValue", name), { set: { v } })];
    }),
    [mergeEdge(defines, { set: { line: int(3) } }), mergeNode(gone, { set: { x: int(1) } })],
    [
      mergeNode(file, { set: { size: int(1), ratio: 1, old: true }, addLabels: ["GoStorySource"] }),
      mergeNode(f, { set: { calls: int(1), lines: [int(1)] } }),
      accumulate(f, {
        add: { calls: int(2), weight: 0.5 },
        append: { lines: [int(2), int(3)] },
      }),
      accumulate(defines, { add: { seen: int(1) } }),
    ],
    [
      mergeNode(file, { set: { size: int(2) }, unset: ["old"] }),
      mergeEdge(calls(1)),
      mergeEdge(calls(2)),
      mergeEdge(edge("STORY_CALLS", f, of("GoStorySymbol", "absent")), {
        absentEnds: "if_present",
      }),
      deleteEdge(calls(2)),
      deleteNode(gone),
    ],
    [
      saw,
      saw,
      made({
        case: "updateNodes",
        value: { match: symbols, set: toProperties({ stale: true }), unset: ["weight"] },
      }),
      made({
        case: "mergeEdges",
        value: {
          type: "STORY_IN",
          from: symbols,
          to: files,
          key: toProperties({ k: int(1) }),
          set: toProperties({ x: int(1) }),
        },
      }),
      made({
        case: "updateEdges",
        value: {
          match: { type: "STORY_IN", from: symbols },
          set: toProperties({ x: int(2) }),
        },
      }),
    ],
    [
      made({
        case: "deleteEdges",
        value: {
          match: {
            type: "STORY_IN",
            from: match("GoStorySymbol", { name: "g" }),
            to: files,
            where: toProperties({ x: int(2) }),
          },
        },
      }),
      made({
        case: "deleteNodes",
        value: { match: match("GoStoryValue", { name: "true" }) },
      }),
    ],
  ];
}

type Kind = NonNullable<MessageInitShape<typeof MutationSchema>["kind"]>;

function made(kind: Kind): Mutation {
  return create(MutationSchema, { kind });
}

/** The part of the graph that one teller's story made, without its name. */
export async function told(driver: Driver, by: "go" | "typescript"): Promise<unknown> {
  const nodes = await driver.executeQuery(
    `MATCH (n {by: $by}) RETURN labels(n) AS labels, n.name AS name, properties(n) AS properties
     ORDER BY labels[0], name`,
    { by },
  );
  const edges = await driver.executeQuery(
    `MATCH (a {by: $by})-[r]->(b) RETURN a.name AS a, type(r) AS type, properties(r) AS properties,
     b.name AS b ORDER BY a, type, b, properties.line`,
    { by },
  );
  const plain = (row: { toObject(): Record<string, unknown> }): Record<string, unknown> => {
    const { properties, ...rest } = row.toObject();
    const { by: _, ...own } = properties as Record<string, unknown>;
    return { ...rest, properties: own };
  };
  return { nodes: nodes.records.map(plain), edges: edges.records.map(plain) };
}
