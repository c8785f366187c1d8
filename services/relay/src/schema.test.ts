import { create } from "@bufbuild/protobuf";
import { MutationSchema, mergeNode, NodeMatchSchema, node, toValue } from "@outgraph/events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JOURNAL_CONSTRAINTS } from "./journal.ts";
import { entryOf } from "./test/entries.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld();
});
afterEach(() => world.end());

const match = create(NodeMatchSchema, { label: "File", where: { path: toValue("a") } });
const kind = { case: "updateNodes", value: { match, set: { seen: toValue(true) } } } as const;
const entry = entryOf([mergeNode(node("Symbol", { id: 1n })), create(MutationSchema, { kind })]);
const journal = JOURNAL_CONSTRAINTS.map(({ name }) => name);

test("ensure makes what a batch needs before it", async () => {
  world.outbox.append(entry);
  world.relay({ schema: "ensure" });
  await world.acked(1);

  expect([...world.graph.constraints]).toEqual([...journal, "outgraph_Symbol_id"]);
  expect([...world.graph.indexes]).toEqual(["outgraph_node_index_File_path"]);
});

test("off makes nothing and asks for nothing", async () => {
  const asked: string[] = [];
  world.graph.before = (call) => void asked.push(call);
  world.outbox.append(entry);
  world.relay({ schema: "off" });
  await world.acked(1);

  expect([...world.graph.constraints, ...world.graph.indexes]).toEqual([]);
  expect(asked.filter((call) => /Constraint|Index/.test(call))).toEqual([]);
});

test("require halts before the journal's first word, with the Cypher of all that is missing", async () => {
  const ended = await world.relay({ schema: "require" }).ended();

  for (const label of ["OutgraphOutbox", "OutgraphLane", "OutgraphBatch"]) {
    const cypher = `FOR (n:\`${label}\`) REQUIRE (n.\`id\`) IS UNIQUE;`;
    expect(ended).toMatchObject({ kind: "halted", why: expect.stringContaining(cypher) });
  }
  expect(await world.graph.readJournal()).toBeUndefined();
});

test("require halts before the batch that needs something, and carries on once it is there", async () => {
  for (const name of journal) world.graph.constraints.add(name);
  world.outbox.append(entry);

  const ended = await world.relay({ schema: "require" }).ended();
  expect(ended).toMatchObject({
    kind: "halted",
    why: expect.stringMatching(/CREATE CONSTRAINT .*Symbol.*CREATE INDEX .*File/s),
  });
  expect(world.graph.applied).toEqual([]);
  expect(world.graph.constraints.size).toBe(journal.length);

  world.graph.constraints.add("outgraph_Symbol_id");
  world.graph.indexes.add("outgraph_node_index_File_path");
  world.relay({ schema: "require", holder: "two" });
  await world.acked(1);
});
