import { accumulations, type ChangeShape, writes } from "./change-cypher.ts";
import { lines } from "./lines.ts";
import type { EdgeShape, NodeShape } from "./names.ts";
import { edgePattern, nodePattern } from "./patterns.ts";
import { edgeText, nodeText, refusal } from "./refusal.ts";

/** An edge's shape with those of its ends. */
export interface EdgeAndEnds {
  readonly edge: EdgeShape;
  readonly from: NodeShape;
  readonly to: NodeShape;
}

/** What the Cypher of an edge merge, or of one that is made whatever is there, depends on. */
export interface EdgeMergeShape extends EdgeAndEnds {
  /** An absent end is refused; else there is no edge then. */
  readonly required: boolean;
  readonly change: ChangeShape;
}

/** Rows are `{from, to, key?}`. The ends come first: the edge is looked for at the end that has fewer. */
export function deleteEdges({ edge, from, to }: EdgeAndEnds): string {
  return lines`
    UNWIND $rows AS row
    MATCH ${nodePattern("a", from, "row.from")}
    MATCH ${nodePattern("b", to, "row.to")}
    MATCH (a)-${edgePattern("r", edge, "row.key")}->(b)
    DELETE r`;
}

/** Rows are `{from, to, key?, set?, add?, append?}`. */
export function mergeEdges(shape: EdgeMergeShape): string {
  const { edge, from, to, change } = shape;
  return lines`
    UNWIND $rows AS row
    ${shape.required ? requiredEnds(shape) : ends(shape)}
    MERGE (a)-${edgePattern("r", edge, "row.key")}->(b)
    ${writes("r", change, edge.keys)}
    ${accumulations("r", change, edgeText(edge, from, to))}`;
}

/** Rows are `{from, to, set?}`. */
export function createEdges(shape: EdgeMergeShape): string {
  return lines`
    UNWIND $rows AS row
    ${shape.required ? requiredEnds(shape) : ends(shape)}
    CREATE (a)-${edgePattern("r", shape.edge, "row.key")}->(b)
    ${writes("r", shape.change)}`;
}

function ends({ from, to }: EdgeAndEnds): string {
  return lines`
    MATCH ${nodePattern("a", from, "row.from")}
    MATCH ${nodePattern("b", to, "row.to")}`;
}

/** A filter, since a planner may leave out a column that nobody reads. */
function requiredEnds({ edge, from, to }: EdgeAndEnds): string {
  const required = [" is not there, and required by ", ...edgeText(edge, from, to)];
  return lines`
    OPTIONAL MATCH ${nodePattern("a", from, "row.from")}
    OPTIONAL MATCH ${nodePattern("b", to, "row.to")}
    WITH row, a, b WHERE CASE
      WHEN a IS NULL THEN ${refusal([...nodeText(from, "row.from"), ...required])} IS NOT NULL
      WHEN b IS NULL THEN ${refusal([...nodeText(to, "row.to"), ...required])} IS NOT NULL
      ELSE true
    END`;
}
