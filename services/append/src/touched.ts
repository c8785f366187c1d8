import type { EdgeMatch, EdgeRef, Entry, Mutation, NodeMatch, NodeRef } from "@outgraph/events";

/** A label or an edge type that a mutation changes something of, or leans on. */
export interface Touched {
  readonly kind: "label" | "edge type";
  /** Undefined for every label: an end that is left open. */
  readonly name: string | undefined;
  /** Its path in the entry, such as `events[0].mutations[2].merge_edge.edge.from.label`. */
  readonly field: string;
}

/**
 * Every label and edge type that an entry names, in order: key labels, extra labels that it adds or
 * removes, labels and types that it matches, and the labels of edges' ends.
 *
 * The entry need not keep the rules of the schema; what it leaves out is left out here.
 */
export function* touchedBy(entry: Entry): Generator<Touched> {
  for (const [event, { mutations }] of entry.events.entries()) {
    for (const [index, { kind }] of mutations.entries()) {
      if (kind.case === undefined) continue;
      const name = kind.case.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      yield* touched(kind, `events[${event}].mutations[${index}].${name}`);
    }
  }
}

function* touched(kind: Mutation["kind"], field: string): Generator<Touched> {
  switch (kind.case) {
    case "mergeNode":
      yield* node(kind.value.node, `${field}.node`);
      yield* labels(kind.value.addLabels, `${field}.add_labels`);
      yield* labels(kind.value.removeLabels, `${field}.remove_labels`);
      return;
    case "deleteNode":
      yield* node(kind.value.node, `${field}.node`);
      return;
    case "mergeEdge":
    case "deleteEdge":
      yield* edge(kind.value.edge, `${field}.edge`);
      return;
    case "createEdge":
      yield* edge(kind.value, field);
      return;
    case "accumulate": {
      const { target } = kind.value;
      if (target.case === "node") yield* node(target.value, `${field}.node`);
      if (target.case === "edge") yield* edge(target.value, `${field}.edge`);
      return;
    }
    case "updateNodes":
    case "deleteNodes":
      yield* node(kind.value.match, `${field}.match`);
      return;
    case "mergeEdges":
      yield* edge(kind.value, field);
      return;
    case "updateEdges":
    case "deleteEdges":
      yield* edgeMatch(kind.value.match, `${field}.match`);
      return;
    case undefined:
      return;
  }
}

function* node(of: NodeRef | NodeMatch | undefined, field: string): Generator<Touched> {
  if (of !== undefined) yield { kind: "label", name: of.label, field: `${field}.label` };
}

function* labels(of: readonly string[], field: string): Generator<Touched> {
  for (const [index, name] of of.entries()) {
    yield { kind: "label", name, field: `${field}[${index}]` };
  }
}

type Ends = Pick<EdgeRef, "type"> & {
  readonly from?: NodeRef | NodeMatch | undefined;
  readonly to?: NodeRef | NodeMatch | undefined;
};

function* edge(of: Ends | undefined, field: string): Generator<Touched> {
  if (of === undefined) return;
  yield { kind: "edge type", name: of.type, field: `${field}.type` };
  yield* node(of.from, `${field}.from`);
  yield* node(of.to, `${field}.to`);
}

function* edgeMatch(of: EdgeMatch | undefined, field: string): Generator<Touched> {
  if (of === undefined) return;
  yield* edge(of, field);
  for (const end of ["from", "to"] as const) {
    if (of[end] === undefined) yield { kind: "label", name: undefined, field: `${field}.${end}` };
  }
}
