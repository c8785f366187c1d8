import { create } from "@bufbuild/protobuf";
import { type Entry, MutationSchema, mergeNode, node } from "@outgraph/events";
import { META_ID, uuidOf } from "@outgraph/outbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acked } from "./test/canaries.ts";
import { canary, entryOf } from "./test/entries.ts";
import { emptyGraph, graphAdapter, query } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

// During a rolling upgrade writers and relays of two versions are at work at once. A relay that meets
// what a newer one wrote must not lose it, apply it in part, or set it aside.

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

const CHANGED = Uint8Array.of(1, 120); // a length and a byte, as the wire has them

function withNewerMutation(): Entry {
  const newer = create(MutationSchema);
  newer.$unknown = [{ no: 500, wireType: 2, data: CHANGED }];
  return entryOf([newer]);
}

function withNewerField(): Entry {
  const known = mergeNode(node("Later", { id: 1n }));
  if (known.kind.case !== "mergeNode") throw new Error("a merge is no merge");
  known.kind.value.$unknown = [{ no: 500, wireType: 2, data: CHANGED }];
  return entryOf([known]);
}

const newer: Record<string, () => Promise<unknown>> = {
  "a mutation it does not know": () => outbox.append(withNewerMutation()),
  "a field it does not know in a mutation it knows": () => outbox.append(withNewerField()),
  "an entry of a format it does not know": async () => {
    const id = await outbox.append(canary());
    // Entries never change; a writer to come would have inserted it so.
    await outbox.collections.entries.updateOne({ _id: uuidOf(id) }, { $set: { v: 2 } });
  },
};

test.each(Object.keys(newer))("%s halts an older relay, and is not set aside", async (what) => {
  const before = await outbox.append(canary());
  const graph = graphAdapter();
  const first = realRelay(outbox.adapter(), graph);
  await acked(outbox, 1);
  await first.stop();
  await newer[what]?.();
  await outbox.append(canary());

  const ended = await realRelay(outbox.adapter(), graph, { onPoison: "park" }).ended;

  expect(ended).toMatchObject({ kind: "halted", why: expect.stringMatching(/upgrade/) });
  expect(await outbox.collections.parked.countDocuments()).toBe(0);
  expect(await outbox.acked()).toEqual([before]);
  expect(await query("MATCH (n:Later) RETURN n")).toEqual([]);
  await graph.close();
});

test("a journal of a format it does not know halts an older relay, and stays as it is", async () => {
  const { incarnation } = await outbox.adapter().open();
  await query(
    "CREATE (:OutgraphOutbox {id: 'outbox', incarnation: $incarnation, format: 2, new: 'x'})",
    { incarnation },
  );
  await outbox.append(canary());
  const graph = graphAdapter();

  const ended = await realRelay(outbox.adapter(), graph).ended;

  expect(ended).toMatchObject({ kind: "halted", why: expect.stringMatching(/format 2.*upgrade/) });
  expect(await query("MATCH (n) RETURN labels(n) AS labels")).toEqual([
    { labels: ["OutgraphOutbox"] },
  ]);
  expect(await outbox.collections.parked.countDocuments()).toBe(0);
  await graph.close();
});

test("an outbox of a format it does not know halts an older relay", async () => {
  await outbox.collections.meta.updateOne({ _id: META_ID.outbox }, {
    $set: { format: 2 },
  } as never);
  const graph = graphAdapter();

  const ended = await realRelay(outbox.adapter(), graph).ended;

  expect(ended).toMatchObject({ kind: "halted", why: expect.stringMatching(/format 2.*upgrade/) });
  await graph.close();
});
