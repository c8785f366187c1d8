import { hash } from "node:crypto";
import { AbsentEnds, type EdgeMatch, type Entry, type Mutation } from "@outgraph/events";
import { BrokenContract } from "./broken-contract.ts";
import { type EdgeName, Names, type NodeName, type NodesWhere } from "./names.ts";

/**
 * What an entry has to do with the graph, as far as its order with others matters: texts of a
 * letter, which says how, and of what. Plain data, to be kept and compared by `conflicts`.
 *
 * Nodes and edges stand there as hashes of their names. Two that share a hash by chance would wait
 * for one another without need, and no worse.
 */
export type Touches = readonly string[];

/** How something is touched; see `AGAINST`. */
export type How =
  | ("w" | "s" | "l" | "e")
  | ("W" | "S" | "U" | "V" | "L")
  | ("p" | "c" | "k" | "y" | "z")
  | ("t" | "m" | "D" | "M" | "+");

/**
 * Which two ways of touching the same thing conflict: their order matters then. Read the first line
 * as "a node that one entry writes or deletes is written, deleted, or an edge's end in the other".
 */
export const AGAINST: Readonly<Record<How, readonly How[]>> = {
  // A node, by its name.
  w: ["w", "s", "l", "e"], // written or deleted
  s: ["w", "l"], // the end of an edge, made when it is absent: others then see it
  l: ["w", "s"], // the end of an edge that has to be there, or need not
  e: ["w"], // the end of an edge that goes
  // The nodes of a label. Labels that some node bears together count as one.
  W: ["V", "L"], // some are written or deleted by name, or get or lose the label
  S: ["L"], // some are made as ends (and are U, too)
  U: ["V"], // some are ends
  V: ["W", "U", "V", "L"], // all that match are written or deleted
  L: ["W", "S", "V"], // all that match are ends
  // The edges of a type from one node to another.
  p: ["p", "c", "k"], // any of them is written or deleted
  c: ["p", "k"], // there is one more
  k: ["p", "c"], // one is, by its key
  y: ["y"], // that one
  z: [], // one, by a key of this shape: those of other shapes conflict, see TouchIndex
  // The edges of a type.
  t: ["m"], // some are touched by name
  m: ["t", "m"], // all that match are
  // Edges, whatever they are.
  D: ["M"], // those at a node that is deleted
  M: ["D"], // those that match
  // Declares an extra label for nodes of a key label. Conflicts with nothing by itself.
  "+": [],
};

/**
 * What an entry touches.
 *
 * A mutation that the contract refuses (see `EntryRefused`) touches nothing where it names nothing
 * that could ever be in a graph.
 *
 * Pure. Costs about as much as folding the entry.
 */
export function touches(entry: Entry): Touches {
  const names = new Names();
  const touched = new Set<string>();
  for (const event of entry.events) {
    for (const mutation of event.mutations) {
      try {
        add(touched, mutation, names);
      } catch (error) {
        if (!(error instanceof BrokenContract)) throw error;
      }
    }
  }
  return [...touched];
}

/** The labels whose nodes it meets by match: what else these nodes are labelled matters then. */
export function matchedLabels(touched: Touches): string[] {
  const labels = touched.filter((text) => text[0] === "V" || text[0] === "L");
  return [...new Set(labels.map((text) => text.slice(1)))];
}

type Adding = Set<string>;

function add(to: Adding, { kind }: Mutation, names: Names): void {
  switch (kind.case) {
    case "mergeNode": {
      const { node, addLabels, removeLabels } = kind.value;
      const name = names.node(node);
      writeNode(to, name);
      for (const label of [...addLabels, ...removeLabels]) {
        to.add(`W${label}`);
        to.add(`+${name.shape.label}:${label}`);
      }
      break;
    }
    case "deleteNode":
      writeNode(to, names.node(kind.value.node));
      to.add("D");
      break;
    case "mergeEdge": {
      const name = names.edge(kind.value.edge);
      writeEdge(to, name);
      useEnds(to, name, kind.value.absentEnds);
      break;
    }
    case "createEdge": {
      const { type, from, to: end, absentEnds } = kind.value;
      const name = names.edge({ type, from, to: end, key: {} });
      to.add(`c${pairOf(name)}`);
      to.add(`t${type}`);
      useEnds(to, name, absentEnds);
      break;
    }
    case "deleteEdge": {
      const name = names.edge(kind.value.edge);
      writeEdge(to, name);
      for (const end of [name.from, name.to]) {
        to.add(`e${hashed(end.text)}`);
        to.add(`U${end.shape.label}`);
      }
      break;
    }
    case "accumulate": {
      const { target, absentEnds } = kind.value;
      if (target.case === "node") writeNode(to, names.node(target.value));
      if (target.case === "edge") {
        const name = names.edge(target.value);
        writeEdge(to, name);
        useEnds(to, name, absentEnds);
      }
      break;
    }
    case "updateNodes":
      to.add(`V${labelOf(names.nodesWhere(kind.value.match))}`);
      break;
    case "deleteNodes":
      to.add(`V${labelOf(names.nodesWhere(kind.value.match))}`);
      to.add("D");
      break;
    case "mergeEdges": {
      const { type, from, to: end, key } = kind.value;
      matchEdges(to, names, { type, where: key, ...(from && { from }), ...(end && { to: end }) });
      break;
    }
    case "updateEdges":
    case "deleteEdges":
      matchEdges(to, names, kind.value.match);
      break;
    case undefined:
      break; // refused before: this version does not know it
  }
}

function writeNode(to: Adding, { text, shape }: NodeName): void {
  to.add(`w${hashed(text)}`);
  to.add(`W${shape.label}`);
}

function useEnds(to: Adding, { from, to: end }: EdgeName, absentEnds: AbsentEnds): void {
  const looks = absentEnds === AbsentEnds.REQUIRE || absentEnds === AbsentEnds.IF_PRESENT;
  for (const { text, shape } of [from, end]) {
    to.add(`${looks ? "l" : "s"}${hashed(text)}`);
    to.add(`${looks ? "U" : "S"}${shape.label}`);
    if (!looks) to.add(`U${shape.label}`);
  }
}

function writeEdge(to: Adding, name: EdgeName): void {
  const pair = pairOf(name);
  to.add(`t${name.shape.type}`);
  if (name.shape.keys.length === 0) {
    to.add(`p${pair}`);
    return;
  }
  to.add(`k${pair}`);
  to.add(`y${pair}${hashed(name.keyText)}`);
  to.add(`z${pair}${hashed(name.shape.text)}`);
}

function matchEdges(
  to: Adding,
  names: Names,
  match: Omit<EdgeMatch, "$typeName"> | undefined,
): void {
  const edges = names.edgesWhere(match);
  to.add(`m${edges.shape.type}`);
  to.add("M");
  for (const end of [edges.from, edges.to]) if (end !== undefined) to.add(`L${labelOf(end)}`);
}

function labelOf({ shape }: NodesWhere): string {
  return shape.label;
}

/** The type and both ends of an edge, as one text of fixed length. */
function pairOf({ shape, from, to }: EdgeName): string {
  return hashed(`${shape.type} ${from.text} ${to.text}`);
}

/** How long a hash is, in characters. */
export const HASH_LENGTH = 12;

function hashed(text: string): string {
  return hash("sha256", text, "base64url").slice(0, HASH_LENGTH);
}
