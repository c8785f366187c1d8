import type { WireRequest } from "@outgraph/stack";
import { BSON, type Document } from "mongodb";
import { expect, test } from "vitest";
import { boltCommit, documentsIn, groupCommit, mongoCommit, mongoFirst } from "./moment.ts";

const request = (change: Partial<WireRequest>): WireRequest => ({
  ...{ id: 1, name: "", subject: "", transaction: [], client: "", bytes: Buffer.alloc(0) },
  ...change,
});

/** An OP_MSG with these documents after its body, and a checksum if that is asked for. */
function message(documents: readonly Document[], checksum = false): Buffer {
  const body = Buffer.concat([Buffer.from([0]), BSON.serialize({ insert: "outbox" })]);
  const all = documents.map((each) => Buffer.from(BSON.serialize(each)));
  const sequence = Buffer.concat([Buffer.alloc(4), Buffer.from("documents\0"), ...all]);
  sequence.writeInt32LE(sequence.length);
  const header = Buffer.alloc(20);
  header.writeUInt32LE(2013, 12);
  header.writeUInt32LE(checksum ? 1 : 0, 16);
  const end = Buffer.alloc(checksum ? 4 : 0, 1);
  return Buffer.concat([header, body, Buffer.from([1]), sequence, end]);
}

test.each([0, 1, 2, 50])("%i documents of a message are counted", (count) => {
  const documents = Array.from({ length: count }, (_, i) => ({ _id: i, text: "x".repeat(i) }));
  expect(documentsIn(message(documents))).toBe(count);
  expect(documentsIn(message(documents, true))).toBe(count);
});

test("the commit of a group is told from that of one append", () => {
  const { match } = groupCommit("sent");
  const [one, two] = [["insert outbox"], ["insert outbox"]];
  const insert = { name: "insert", subject: "outbox" };
  expect(match(request({ ...insert, transaction: one, bytes: message([{}]) }))).toBe(false);
  expect(match(request({ ...insert, transaction: two, bytes: message([{}, {}]) }))).toBe(false);
  expect(match(request({ name: "commitTransaction", transaction: one }))).toBe(false);
  expect(match(request({ name: "commitTransaction", transaction: two }))).toBe(true);
});

test("the first such command of a transaction is told from the second", () => {
  const { match } = mongoFirst(["update counters"], "before");
  expect(match(request({ transaction: ["find outbox", "update counters"] }))).toBe(true);
  expect(match(request({ transaction: ["update counters", "update counters"] }))).toBe(false);
  expect(match(request({ transaction: ["update counters", "insert outbox"] }))).toBe(false);
});

test("a commit is known by what its transaction did", () => {
  const appended = mongoCommit("insert outbox", "sent").match;
  expect(appended(request({ name: "commitTransaction", transaction: ["insert outbox"] }))).toBe(
    true,
  );
  expect(appended(request({ name: "insert", transaction: ["insert outbox"] }))).toBe(false);
  const batch = boltCommit("SET lane.batch", "sent").match;
  expect(batch(request({ name: "COMMIT", transaction: ["MATCH … SET lane.batch = 1"] }))).toBe(
    true,
  );
  expect(batch(request({ name: "COMMIT", transaction: ["MATCH … SET lane.epoch = 1"] }))).toBe(
    false,
  );
});
