import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type AppendRequest,
  AppendRequestSchema,
  type DocumentWriteSchema,
  mergeNode,
  newEntryId,
  node,
} from "@outgraph/events";

type Writes = MessageInitShape<typeof DocumentWriteSchema>[];

/** A good append of one node, with these writes. */
export function request(writes: Writes = [], id: string = newEntryId(), key = "n"): AppendRequest {
  return create(AppendRequestSchema, {
    entry: {
      id,
      source: "test",
      events: [{ type: "test.Said", mutations: [mergeNode(node("Thing", { id: key }))] }],
    },
    writes,
  });
}
