import { accumulations, type ChangeShape, writes } from "./change-cypher.ts";
import { lines } from "./lines.ts";
import type { NodeShape } from "./names.ts";
import { nodePattern } from "./patterns.ts";
import { quoted } from "./quote.ts";
import { nodeText } from "./refusal.ts";

/** The label of a node that was made as an edge's end or by an accumulation, until its own `MergeNode` comes. */
export const STUB_LABEL = "OutgraphStub";

/** What the Cypher of a node merge depends on. */
export interface NodeMergeShape {
  readonly node: NodeShape;
  readonly stub: boolean;
  readonly change: ChangeShape;
  readonly addLabels: readonly string[];
  readonly removeLabels: readonly string[];
}

/** Rows are `{key}`. @param deletion from `deletionOfNode`. */
export function deleteNodes(node: NodeShape, deletion: string): string {
  return lines`
    UNWIND $rows AS row
    MATCH ${nodePattern("n", node, "row.key")}
    ${deletion}`;
}

/**
 * The end of a statement: deletes `n`, with its edges.
 *
 * @param added labels that it may have been given earlier in the transaction. They are taken from it
 *   first: Neo4j 5.26 else finds it by their indexes until the commit, although it is deleted, and
 *   whoever does fails with `EntityNotFound`.
 */
export function deletionOfNode(added: readonly string[]): string {
  return lines`
    ${labels("REMOVE n", added)}
    DETACH DELETE n`;
}

/** Rows are `{key, set?, add?, append?}`. */
export function mergeNodes({
  node,
  stub,
  change,
  addLabels,
  removeLabels,
}: NodeMergeShape): string {
  return lines`
    UNWIND $rows AS row
    MERGE ${nodePattern("n", node, "row.key")}
    ${stub && `ON CREATE SET n:${quoted(STUB_LABEL)}`}
    ${writes("n", change, node.keys)}
    ${labels("SET n", addLabels)}
    ${labels("REMOVE n", stub ? removeLabels : [...removeLabels, STUB_LABEL])}
    ${accumulations("n", change, nodeText(node, "row.key"))}`;
}

function labels(clause: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `${clause}:${names.map(quoted).join(":")}`;
}
