import { mergeNode, node } from "@outgraph/events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acked } from "./test/canaries.ts";
import { canary, entryOf } from "./test/entries.ts";
import { dropSchema, emptyGraph, graphAdapter, query } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  await dropSchema();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

test("nodes that are there twice halt, and are named", async () => {
  await query("UNWIND [1, 1, 2, 3, 3, 3] AS id CREATE (:Twice {id: id, kind: 'a'})");
  const good = await outbox.append(canary());
  const graph = graphAdapter();
  await using relay = realRelay(outbox.adapter(), graph);
  await acked(outbox, 1);
  await outbox.append(entryOf([mergeNode(node("Twice", { id: 1n, kind: "a" }))]));

  const ended = await relay.ended;

  expect(ended).toMatchObject({
    kind: "halted",
    why: expect.stringMatching(/for Twice by id, kind.*more than one node of id '[13]', kind 'a'/),
  });
  expect(ended).toMatchObject({ why: expect.stringMatching(/id '3', kind 'a' \(3 nodes\)/) });
  expect(await outbox.acked()).toEqual([good]);
  await graph.close();
});

test("a relay that requires its schema makes none, and runs on one of other names", async () => {
  await outbox.append(canary());
  const graph = graphAdapter();
  const refused = await realRelay(outbox.adapter(), graph, { schema: "require" }).ended;
  const why = refused.kind === "halted" ? refused.why : "";
  expect(await query("SHOW CONSTRAINTS")).toEqual([]);

  let made = 0;
  const make = async (text: string): Promise<void> => {
    for (const cypher of text.match(/^CREATE .*(?=;$)/gm) ?? []) {
      made += 1;
      await query(cypher.replace(/CONSTRAINT `\w+`/, `CONSTRAINT mine_${made}`));
    }
  };
  await make(why);
  const again = await realRelay(outbox.adapter(), graph, { schema: "require" }).ended;
  expect(made).toBe(3);
  await make(again.kind === "halted" ? again.why : "");
  expect(made).toBe(4);

  await using _relay = realRelay(outbox.adapter(), graph, { schema: "require" });
  await acked(outbox, 1);
  await _relay.stop();
  await graph.close();
});
