import { edge, node, type Projection } from "@outgraph/events";
import type { SourceFile } from "../gen/xmem/v1/xmem_pb.ts";
import { fileNode } from "./graph.ts";

/** What a file is in the graph: a node of its own, in the repository that it shares with others. */
export function projectFile({ key, language, summary, totalLines }: SourceFile): Projection {
  const file = fileNode(key);
  const repository = node("Repository", {
    org_id: key?.orgId ?? "",
    repo_name: key?.repo ?? "",
  });
  return {
    nodes: [
      { node: file, owner: "own", set: { language, summary, total_lines: totalLines } },
      { node: repository, owner: "shared" },
    ],
    edges: [{ edge: edge("CONTAINS_FILE", repository, file) }],
  };
}
