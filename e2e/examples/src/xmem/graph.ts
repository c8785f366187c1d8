import { type NodeRef, node } from "@outgraph/events";
import type { FileKey } from "../gen/xmem/v1/xmem_pb.ts";

/** What tells a file in the graph, and all its symbols; "" where nobody told it. */
export function fileProperties(
  file: FileKey | undefined,
): Record<"org_id" | "repo" | "file_path", string> {
  return { org_id: file?.orgId ?? "", repo: file?.repo ?? "", file_path: file?.filePath ?? "" };
}

/** The node of a file. */
export function fileNode(file: FileKey | undefined): NodeRef {
  return node("File", fileProperties(file));
}
