import type { Value } from "@outgraph/events";
import { changeShape, changeShapeText } from "./change-cypher.ts";
import { type Constraint, constraintOf } from "./constraints.ts";
import {
  createEdges,
  deleteEdges,
  type EdgeAndEnds,
  type EdgeMergeShape,
  mergeEdges,
} from "./edge-cypher.ts";
import { Encoder, type Params } from "./encoder.ts";
import { indexesOf, type RangeIndex } from "./indexes.ts";
import { listText } from "./key.ts";
import { matchCypher } from "./match-cypher.ts";
import type { EdgeName, NodeShape } from "./names.ts";
import { deleteNodes, deletionOfNode, mergeNodes } from "./node-cypher.ts";
import type { EdgeMerge, Segment } from "./segment.ts";

/** How a plan is made. */
export interface PlanOptions {
  /** What the driver takes for a value. Called once for each value of the segments, never for a null. */
  readonly encode: (value: Value) => unknown;
}

/** One statement. Its text depends on labels, types, and names of keys and accumulated properties alone. */
export interface Statement {
  readonly cypher: string;
  /** `rows` and nothing else. */
  readonly params: { readonly rows: readonly Params[] };
  /** How many rows it has; at least one. */
  readonly rows: number;
}

/** What to run for a batch: the statements in this order, in one transaction. */
export interface Plan {
  readonly statements: readonly Statement[];
  /** What must stand before the statements run, in the order of the names. */
  readonly constraints: readonly Constraint[];
  /** What makes the statements fast, in the order of the names; after the constraints. */
  readonly indexes: readonly RangeIndex[];
  /** Of all statements. */
  readonly rows: number;
}

/**
 * The statements of a folded batch: one for each part and shape of a segment, whatever the number of
 * its rows. Segments and their parts keep their order; inside a part the order means nothing, and is
 * that of the names.
 *
 * A statement fails on the server when one of its rows cannot be applied: `refusalIn` finds the words
 * in the error. Pure: the same segments give the same plan.
 */
export function compilePlan(segments: readonly Segment[], options: PlanOptions): Plan {
  const encoder = new Encoder(options.encode);
  const added = new Set<string>();
  const statements = segments.flatMap((segment) => {
    const deletion = deletionOfNode([...added].sort());
    for (const { addLabels } of segment.nodeMerges) for (const label of addLabels) added.add(label);
    return PARTS.flatMap((part) => part(segment, encoder, deletion));
  });
  const constraints = constraintsOf(segments);
  return {
    statements,
    constraints,
    indexes: indexesOf(segments, constraints),
    rows: statements.reduce((sum, statement) => sum + statement.rows, 0),
  };
}

/** @param deletion how nodes are deleted in this segment. */
type Compile = (segment: Segment, encoder: Encoder, deletion: string) => Statement[];

/** In the order in which the parts of a segment take effect. */
const PARTS: readonly Compile[] = [
  ({ matches }, encoder, deletion) =>
    matches.map((group) => ({
      cypher: matchCypher(group[0], deletion),
      params: { rows: group.map((match) => encoder.match(match)) },
      rows: group.length,
    })),
  part({
    rows: (segment) => segment.edgeDeletes,
    shape: edgeShapeText,
    cypher: (edge) => deleteEdges(edgeAndEnds(edge)),
    params: (edge, encoder) => encoder.edge(edge),
  }),
  part({
    rows: (segment) => segment.nodeDeletes,
    shape: (node, deletion) => node.shape.text + deletion,
    cypher: (node, deletion) => deleteNodes(node.shape, deletion),
    params: (node, encoder) => ({ key: encoder.nodeKey(node) }),
  }),
  part({
    rows: (segment) => segment.nodeMerges,
    shape: ({ node, stub, change, addLabels, removeLabels }) =>
      node.shape.text +
      (stub ? "stub" : "own") +
      changeShapeText(change) +
      listText(addLabels) +
      listText(removeLabels),
    cypher: (merge) =>
      mergeNodes({ ...merge, node: merge.node.shape, change: changeShape(merge.change) }),
    params: ({ node, change }, encoder) => encoder.change({ key: encoder.nodeKey(node) }, change),
  }),
  part({
    rows: (segment) => segment.edgeMerges,
    shape: edgeMergeShapeText,
    cypher: (merge) => mergeEdges(edgeMergeShape(merge)),
    params: edgeMergeParams,
  }),
  part({
    rows: (segment) => segment.edgeCreates,
    shape: edgeMergeShapeText,
    cypher: (made) => createEdges(edgeMergeShape(made)),
    params: edgeMergeParams,
  }),
];

interface Part<Row> {
  rows(segment: Segment): readonly Row[];
  /** All that the Cypher depends on, as one text. */
  shape(row: Row, deletion: string): string;
  cypher(row: Row, deletion: string): string;
  params(row: Row, encoder: Encoder): Params;
}

/** How many texts each part keeps. An application has some dozens of shapes; a text takes about 1 kB. */
const TEXTS_KEPT = 500;

/** Groups the rows of a part by their shape, and has the Cypher of each shape written once. */
function part<Row>({ rows, shape, cypher, params }: Part<Row>): Compile {
  const written = new Map<string, string>();
  const cypherOf = (row: Row, text: string, deletion: string): string => {
    let known = written.get(text);
    if (known === undefined) {
      known = cypher(row, deletion);
      if (written.size >= TEXTS_KEPT) written.clear();
      written.set(text, known);
    }
    return known;
  };
  return (segment, encoder, deletion) => {
    const groups = new Map<string, { cypher: string; rows: Params[] }>();
    for (const row of rows(segment)) {
      const text = shape(row, deletion);
      let group = groups.get(text);
      if (group === undefined) {
        group = { cypher: cypherOf(row, text, deletion), rows: [] };
        groups.set(text, group);
      }
      group.rows.push(params(row, encoder));
    }
    return [...groups.values()].map((group) => ({
      cypher: group.cypher,
      params: { rows: group.rows },
      rows: group.rows.length,
    }));
  };
}

function edgeShapeText({ shape, from, to }: EdgeName): string {
  return shape.text + from.shape.text + to.shape.text;
}

function edgeAndEnds({ shape, from, to }: EdgeName): EdgeAndEnds {
  return { edge: shape, from: from.shape, to: to.shape };
}

function edgeMergeShapeText({ edge, ends, change }: EdgeMerge): string {
  return edgeShapeText(edge) + (ends === "required" ? "required" : "") + changeShapeText(change);
}

function edgeMergeShape({ edge, ends, change }: EdgeMerge): EdgeMergeShape {
  return {
    ...edgeAndEnds(edge),
    required: ends === "required",
    change: changeShape(change),
  };
}

function edgeMergeParams({ edge, change }: EdgeMerge, encoder: Encoder): Params {
  return encoder.change(encoder.edge(edge), change);
}

/** One for each key that a node is merged by. Deletes and looks need none to be right. */
function constraintsOf(segments: readonly Segment[]): Constraint[] {
  const shapes = new Set<NodeShape>();
  for (const { nodeMerges } of segments) for (const { node } of nodeMerges) shapes.add(node.shape);
  return [...shapes].map(constraintOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}
