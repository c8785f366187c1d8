import { insertOne } from "@outgraph/client";
import { edge, mergeEdge, mergeNode, newEntryId, node } from "@outgraph/events";
import { appendRequest } from "../request.ts";
import type { Case } from "../script.ts";

/** Who may call, and what they are granted. */
export const ACCESS: readonly Case[] = [
  {
    name: "no token, where one is needed",
    expect: ["UNAUTHENTICATED", "UNAUTHENTICATED", "UNAUTHENTICATED"],
    async play(on) {
      const id = newEntryId();
      return [
        await on.append("no token", {}, { to: "guarded" }),
        await on.getEntry(id, undefined, { to: "guarded" }),
        await on.waitApplied([id], 1_000, { to: "guarded" }),
      ];
    },
  },
  {
    name: "a token that nobody has",
    expect: ["UNAUTHENTICATED"],
    play: async (on) => [
      await on.append("wrong token", {}, { to: "guarded", token: `outgraph_${"x".repeat(43)}` }),
    ],
  },
  {
    name: "a token, and what it is granted",
    expect: ['committed: inserted 1 "granted"', 'pending, as appended: inserted 1 "granted"'],
    async play(on) {
      const { token } = on.grounds;
      const said = { writes: [insertOne(on.collection, { _id: "granted" })] };
      const way = { to: "guarded", token } as const;
      const id = on.id("granted");
      return [
        await on.append("granted", said, way),
        await on.getEntry(id, appendRequest(id, said), way),
      ];
    },
  },
  {
    name: "a collection that is not granted",
    expect: ["PERMISSION_DENIED at `writes[1].collection`"],
    refusals: ["denied"],
    async play(on) {
      const writes = [insertOne(on.collection, { _id: "half" }), insertOne("secrets", {})];
      const { token } = on.grounds;
      return [await on.append("no collection", { writes }, { to: "guarded", token })];
    },
  },
  {
    name: "a label and an edge type that are not granted",
    expect: [
      "PERMISSION_DENIED at `entry.events[0].mutations[1].merge_node.node.label`, " +
        "`entry.events[0].mutations[2].merge_edge.edge.type`",
    ],
    refusals: ["denied"],
    async play(on) {
      const made = node("ContractMade", { id: "m" });
      const mutations = [
        mergeNode(made),
        mergeNode(node("ContractSecret", { id: "s" })),
        mergeEdge(edge("TELLS", made, made)),
      ];
      const { token } = on.grounds;
      return [await on.append("no label", { mutations }, { to: "guarded", token })];
    },
  },
];
