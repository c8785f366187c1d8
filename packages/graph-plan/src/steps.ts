import { AbsentEnds as Given, type Mutation, type MutationKind } from "@outgraph/events";
import { BrokenContract, checkedLabel } from "./broken-contract.ts";
import { keyText } from "./key.ts";
import type { EdgeName, Names, NodeName } from "./names.ts";
import {
  GrowingChange,
  type NetChange,
  NO_CHANGE,
  type PropertyChange,
} from "./property-changes.ts";
import type { Match } from "./segment.ts";

/** The kinds of mutation that fold and plan can do. An entry with any other is refused as a whole. */
export const SUPPORTED_MUTATIONS: ReadonlySet<MutationKind> = new Set<MutationKind>([
  "mergeNode",
  "deleteNode",
  "mergeEdge",
  "deleteEdge",
  "accumulate",
  "createEdge",
  "updateNodes",
  "deleteNodes",
  "mergeEdges",
  "updateEdges",
  "deleteEdges",
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

/** What happens when an end is not there. */
export type AbsentEnds = "stub" | "require" | "if_present";

/** Makes an edge unless it is there, and changes it. */
export interface MergeEdgeStep {
  readonly kind: "mergeEdge";
  readonly edge: EdgeName;
  readonly absentEnds: AbsentEnds;
  readonly change: PropertyChange;
}

/** Deletes an edge, or without a key all edges of the type between its ends. */
export interface DeleteEdgeStep {
  readonly kind: "deleteEdge";
  readonly edge: EdgeName;
}

/** Makes one more edge. */
export interface CreateEdgeStep {
  readonly kind: "createEdge";
  /** Without a key. */
  readonly edge: EdgeName;
  readonly absentEnds: AbsentEnds;
  readonly change: PropertyChange;
}

/** Does something to all nodes or edges that match. */
export interface MatchStep {
  readonly kind: "match";
  readonly match: Match;
}

/** What mutations come down to: an accumulation is a merge like any other. */
export type Step =
  | MergeNodeStep
  | DeleteNodeStep
  | MergeEdgeStep
  | CreateEdgeStep
  | DeleteEdgeStep
  | MatchStep;

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
    case "createEdge": {
      const { type, from, to, set, absentEnds } = kind.value;
      return {
        kind: "createEdge",
        edge: names.edge({ type, from, to, key: {} }),
        absentEnds: absentEndsOf(absentEnds),
        change: { ...NO_CHANGE, set },
      };
    }
    case "updateNodes": {
      const { match, set, unset } = kind.value;
      const nodes = names.nodesWhere(match);
      return {
        kind: "match",
        match: { kind: "updateNodes", nodes, change: netOf({ set, unset }) },
      };
    }
    case "deleteNodes": {
      const nodes = names.nodesWhere(kind.value.match);
      return { kind: "match", match: { kind: "deleteNodes", nodes } };
    }
    case "mergeEdges": {
      const { type, from, to, key, set, unset, replace } = kind.value;
      if (!from || !to) throw new BrokenContract("an end to match is missing");
      const edges = names.edgesWhere({ type, from, to, where: key });
      edges.values.forEach(keyText);
      const change = netOf({ set, unset, replace });
      return { kind: "match", match: { kind: "mergeEdges", edges, change } };
    }
    case "updateEdges": {
      const { match, set, unset } = kind.value;
      const edges = names.edgesWhere(match);
      return {
        kind: "match",
        match: { kind: "updateEdges", edges, change: netOf({ set, unset }) },
      };
    }
    case "deleteEdges": {
      const edges = names.edgesWhere(kind.value.match);
      return { kind: "match", match: { kind: "deleteEdges", edges } };
    }
    case undefined:
      throw new BrokenContract("no mutation that this version knows");
  }
}

function netOf(change: Partial<PropertyChange>): NetChange {
  const net = new GrowingChange();
  net.take({ ...NO_CHANGE, ...change });
  return net;
}

const ABSENT_ENDS: Readonly<Record<number, AbsentEnds>> = {
  [Given.UNSPECIFIED]: "stub",
  [Given.STUB]: "stub",
  [Given.REQUIRE]: "require",
  [Given.IF_PRESENT]: "if_present",
};

function absentEndsOf(value: number): AbsentEnds {
  const absentEnds = ABSENT_ENDS[value];
  if (absentEnds === undefined) throw new BrokenContract(`absent_ends ${value} is unknown`);
  return absentEnds;
}
