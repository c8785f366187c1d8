import { AbsentEnds, type Mutation, type MutationKind } from "@outgraph/events";
import { BrokenContract, checkedLabel } from "./broken-contract.ts";
import type { EdgeName, Names, NodeName } from "./names.ts";
import { NO_CHANGE, type PropertyChange } from "./property-changes.ts";

/** The kinds of mutation that fold and plan can do. An entry with any other is refused as a whole. */
export const SUPPORTED_MUTATIONS: ReadonlySet<MutationKind> = new Set<MutationKind>([
  "mergeNode",
  "deleteNode",
  "mergeEdge",
  "deleteEdge",
  "accumulate",
]);

/** Makes a node unless it is there, and changes it. */
export interface MergeNodeStep {
  readonly kind: "mergeNode";
  readonly node: NodeName;
  /** Made as a stub when it is not there. */
  readonly stub: boolean;
  readonly change: PropertyChange;
  readonly addLabels: readonly string[];
  readonly removeLabels: readonly string[];
}

/** Deletes a node with its edges. */
export interface DeleteNodeStep {
  readonly kind: "deleteNode";
  readonly node: NodeName;
}

/** Makes an edge unless it is there, and changes it. */
export interface MergeEdgeStep {
  readonly kind: "mergeEdge";
  readonly edge: EdgeName;
  readonly absentEnds: "stub" | "require" | "if_present";
  readonly change: PropertyChange;
}

/** Deletes an edge, or without a key all edges of the type between its ends. */
export interface DeleteEdgeStep {
  readonly kind: "deleteEdge";
  readonly edge: EdgeName;
}

/** What mutations come down to: an accumulation is a merge like any other. */
export type Step = MergeNodeStep | DeleteNodeStep | MergeEdgeStep | DeleteEdgeStep;

/** The step that a mutation asks for. @throws BrokenContract for what the contract or this version refuses. */
export function stepOf({ kind }: Mutation, names: Names): Step {
  switch (kind.case) {
    case "mergeNode": {
      const { node, set, unset, replace, addLabels, removeLabels } = kind.value;
      const name = names.node(node);
      return {
        kind: "mergeNode",
        node: name,
        stub: false,
        change: { ...NO_CHANGE, set, unset, replace },
        addLabels: addLabels.map(checkedLabel).filter((label) => label !== name.shape.label),
        removeLabels: removeLabels.map(checkedLabel),
      };
    }
    case "deleteNode":
      return { kind: "deleteNode", node: names.node(kind.value.node) };
    case "mergeEdge": {
      const { edge, set, unset, replace, absentEnds } = kind.value;
      return {
        kind: "mergeEdge",
        edge: names.edge(edge),
        absentEnds: absentEndsOf(absentEnds),
        change: { ...NO_CHANGE, set, unset, replace },
      };
    }
    case "deleteEdge":
      return { kind: "deleteEdge", edge: names.edge(kind.value.edge) };
    case "accumulate": {
      const { target, add, append, absentEnds } = kind.value;
      const change = { ...NO_CHANGE, add, append };
      switch (target.case) {
        case "node": {
          const node = names.node(target.value);
          return { kind: "mergeNode", node, stub: true, change, addLabels: [], removeLabels: [] };
        }
        case "edge": {
          const edge = names.edge(target.value);
          return { kind: "mergeEdge", edge, absentEnds: absentEndsOf(absentEnds), change };
        }
        case undefined:
          throw new BrokenContract("an accumulation without a target");
      }
      break;
    }
    case "createEdge":
    case "updateNodes":
    case "deleteNodes":
    case "mergeEdges":
    case "updateEdges":
    case "deleteEdges":
      throw new BrokenContract(`this version does not apply ${kind.case}`);
    case undefined:
      throw new BrokenContract("no mutation that this version knows");
  }
}

const ABSENT_ENDS: Readonly<Record<number, MergeEdgeStep["absentEnds"]>> = {
  [AbsentEnds.UNSPECIFIED]: "stub",
  [AbsentEnds.STUB]: "stub",
  [AbsentEnds.REQUIRE]: "require",
  [AbsentEnds.IF_PRESENT]: "if_present",
};

function absentEndsOf(value: number): MergeEdgeStep["absentEnds"] {
  const absentEnds = ABSENT_ENDS[value];
  if (absentEnds === undefined) throw new BrokenContract(`absent_ends ${value} is unknown`);
  return absentEnds;
}
