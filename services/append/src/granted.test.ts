import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import { type ReflectList, reflect } from "@bufbuild/protobuf/reflect";
import { deleteOne, insertOne } from "@outgraph/client";
import {
  accumulate,
  createEdge,
  deleteEdge,
  deleteEdges,
  deleteNode,
  deleteNodes,
  edge,
  edgesWhere,
  type Mutation,
  MutationSchema,
  mergeEdge,
  mergeEdges,
  mergeNode,
  node,
  nodesWhere,
  updateEdges,
  updateNodes,
} from "@outgraph/events";
import type { Grants } from "@outgraph/rpc-server";
import { expect, test } from "vitest";
import { checkAppend } from "./check-append.ts";
import { entryNotGranted, notGranted } from "./granted.ts";
import { request } from "./test/requests.ts";

const grants = (of: Partial<Record<"collections" | "labels" | "edgeTypes", string[]>>): Grants => ({
  collections: new Set(of.collections),
  labels: new Set(of.labels),
  edgeTypes: new Set(of.edgeTypes),
  relay: "none",
});
const mutating = (...mutations: Mutation[]) => {
  const of = request();
  of.entry!.events[0]!.mutations = mutations;
  return of;
};
const [A, B] = [node("A", { id: 1n }), node("B", { id: 1n })];
const M = "entry.events[0].mutations[0]";

test("a write needs its collection, be its database named or not", () => {
  const granted = grants({ collections: ["app.files", "logs.*"], labels: ["*"], edgeTypes: ["*"] });
  const of = request([
    insertOne("files", {}),
    insertOne("other", {}),
    insertOne("any", {}, { database: "logs" }),
    deleteOne("files", {}, { database: "logs2" }),
  ]);

  expect(notGranted(of, granted, "app")).toEqual([
    { field: "writes[1].collection", message: "collection app.other is not granted" },
    { field: "writes[3].collection", message: "collection logs2.files is not granted" },
  ]);
});

const EDGE = ["edge type R is not granted", "label B is not granted"];
test.each<[string, Mutation, [field: string, message: string][]]>([
  ["a node's key label", mergeNode(B), [[".merge_node.node.label", EDGE[1]!]]],
  [
    "extra labels, added and removed",
    mergeNode(A, { addLabels: ["A", "B"], removeLabels: ["C"] }),
    [
      [".merge_node.add_labels[1]", "label B is not granted"],
      [".merge_node.remove_labels[0]", "label C is not granted"],
    ],
  ],
  ["a node that goes", deleteNode(B), [[".delete_node.node.label", EDGE[1]!]]],
  [
    "an edge's type and end",
    mergeEdge(edge("R", A, B)),
    [
      [".merge_edge.edge.type", EDGE[0]!],
      [".merge_edge.edge.to.label", EDGE[1]!],
    ],
  ],
  [
    "an edge that is always made",
    createEdge("R", B, A),
    [
      [".create_edge.type", EDGE[0]!],
      [".create_edge.from.label", EDGE[1]!],
    ],
  ],
  ["an edge that goes", deleteEdge(edge("S", B, A)), [[".delete_edge.edge.from.label", EDGE[1]!]]],
  [
    "a node that is added to",
    accumulate(B, { add: { n: 1n } }),
    [[".accumulate.node.label", EDGE[1]!]],
  ],
  [
    "an edge that is added to",
    accumulate(edge("R", A, A), { add: { n: 1n } }),
    [[".accumulate.edge.type", EDGE[0]!]],
  ],
  [
    "nodes by match",
    updateNodes(nodesWhere("B"), { set: { n: 1n } }),
    [[".update_nodes.match.label", EDGE[1]!]],
  ],
  [
    "nodes that go, by match",
    deleteNodes(nodesWhere("B")),
    [[".delete_nodes.match.label", EDGE[1]!]],
  ],
  [
    "edges between matches",
    mergeEdges("R", nodesWhere("A"), nodesWhere("B")),
    [
      [".merge_edges.type", EDGE[0]!],
      [".merge_edges.to.label", EDGE[1]!],
    ],
  ],
  [
    "edges by match",
    updateEdges(edgesWhere("R", { from: nodesWhere("A"), to: nodesWhere("B") }), {
      set: { n: 1n },
    }),
    [
      [".update_edges.match.type", EDGE[0]!],
      [".update_edges.match.to.label", EDGE[1]!],
    ],
  ],
  [
    "an end that is left open",
    deleteEdges(edgesWhere("S", { from: nodesWhere("A") })),
    [
      [
        ".delete_edges.match.to",
        "left open, it stands for every label, and not every label is granted",
      ],
    ],
  ],
])("%s must be granted", (_, mutation, faults) => {
  const granted = grants({ labels: ["A"], edgeTypes: ["S"] });
  const more = grants({ labels: ["A", "B", "C", "*"], edgeTypes: ["R", "S"] });

  expect(notGranted(mutating(mutation), granted, "app")).toEqual(
    faults.map(([field, message]) => ({ field: M + field, message })),
  );
  expect(notGranted(mutating(mutation), more, "app")).toEqual([]);
});

test("no mutation of the contract names a label or type that is not looked at", () => {
  const choices = ["first", "last"] as const;
  for (const choice of choices) {
    for (const { case: kind, message } of kinds()) {
      const names: string[] = [];
      const value = filled(message, names, choice);
      const mutation = create(MutationSchema, { kind: { case: kind, value } as Mutation["kind"] });

      const faults = entryNotGranted(mutating(mutation).entry!, grants({}));

      const seen = faults.map(({ message: said }) => said.split(" ").at(-4));
      expect(names.length).toBeGreaterThan(0);
      expect(seen.toSorted(), kind).toEqual(names.toSorted());
    }
  }
});

test("what is not granted is refused before anything else is looked at", () => {
  const granted = grants({ collections: ["app.files"] });
  const of = request([insertOne("files", { _id: 1 })]);
  of.entry!.id = "malformed";

  expect(checkAppend(of, { database: "app", grants: granted })).toEqual({
    kind: "denied",
    faults: [{ field: `${M}.merge_node.node.label`, message: "label Thing is not granted" }],
  });
  expect(checkAppend(of, { database: "app" })).toMatchObject({ kind: "invalid" });
});

/** The kinds of mutation that the contract has. */
function kinds(): { case: string; message: DescMessage }[] {
  return MutationSchema.fields.flatMap((field) =>
    field.fieldKind === "message" ? [{ case: field.localName, message: field.message }] : [],
  );
}

/** A message with everything in it that has a label or a type, each under a name of its own. */
function filled(desc: DescMessage, names: string[], choice: "first" | "last"): Message {
  const message = reflect(desc);
  const name = (): string => {
    names.push(`N${names.length}`);
    return names.at(-1) as string;
  };
  for (const field of desc.fields) {
    const alternatives = field.oneof?.fields ?? [field];
    if (field !== alternatives.at(choice === "first" ? 0 : -1)) continue;
    if (field.fieldKind === "scalar" && /^(label|type)$/.test(field.name)) {
      message.set(field, name());
    }
    if (field.fieldKind === "list" && /labels$/.test(field.name)) {
      (message.get(field) as ReflectList).add(name());
    }
    if (field.fieldKind === "message") {
      message.set(field, reflect(field.message, filled(field.message, names, choice)));
    }
  }
  return message.message;
}
