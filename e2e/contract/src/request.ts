import { create } from "@bufbuild/protobuf";
import {
  type AppendRequest,
  AppendRequestSchema,
  type DocumentWrite,
  type EntryId,
  type Mutation,
  mergeNode,
  node,
} from "@outgraph/events";

/** What an append of the script says, beside its id. */
export interface Said {
  readonly writes?: readonly DocumentWrite[];
  /** Default one that makes a node of the append's own. */
  readonly mutations?: readonly Mutation[];
  readonly partition?: string;
}

/** An append of the script. */
export function appendRequest(
  id: EntryId,
  { writes = [], mutations = [mergeNode(node("ContractMade", { id }))], partition = "" }: Said = {},
): AppendRequest {
  const events = [{ type: "contract.v1.Happened", mutations: [...mutations] }];
  return create(AppendRequestSchema, {
    entry: { id, source: "script", partition, events },
    writes: [...writes],
  });
}
