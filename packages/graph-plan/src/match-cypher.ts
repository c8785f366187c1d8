import { changeShape, writes } from "./change-cypher.ts";
import { lines } from "./lines.ts";
import type { EdgesWhere } from "./names.ts";
import { edgePattern, nodePattern } from "./patterns.ts";
import type { Match } from "./segment.ts";

/**
 * Rows are `{where, set?}`, with `from` and `to` for edges; in merges the properties are the `key`.
 *
 * @param deletion from `deletionOfNode`.
 */
export function matchCypher(match: Match, deletion: string): string {
  switch (match.kind) {
    case "updateNodes":
      return lines`
        UNWIND $rows AS row
        MATCH ${nodePattern("n", match.nodes.shape, "row.where")}
        ${writes("n", changeShape(match.change))}`;
    case "deleteNodes":
      return lines`
        UNWIND $rows AS row
        MATCH ${nodePattern("n", match.nodes.shape, "row.where")}
        ${deletion}`;
    case "updateEdges":
      return lines`
        UNWIND $rows AS row
        MATCH ${path(match.edges)}
        ${writes("r", changeShape(match.change))}`;
    case "deleteEdges":
      return lines`
        UNWIND $rows AS row
        MATCH ${path(match.edges)}
        DELETE r`;
    case "mergeEdges":
      return lines`
        UNWIND $rows AS row
        MATCH ${nodePattern("a", match.edges.from?.shape, "row.from")}
        MATCH ${nodePattern("b", match.edges.to?.shape, "row.to")}
        MERGE (a)-${edgePattern("r", match.edges.shape, "row.key")}->(b)
        ${writes("r", changeShape(match.change), match.edges.shape.keys)}`;
  }
}

function path({ shape, from, to }: EdgesWhere): string {
  const start = nodePattern("", from?.shape, "row.from");
  const stop = nodePattern("", to?.shape, "row.to");
  return `${start}-${edgePattern("r", shape, "row.where")}->${stop}`;
}
