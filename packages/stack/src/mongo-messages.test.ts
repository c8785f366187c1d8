import { Binary, BSON, type Document } from "mongodb";
import { expect, test } from "vitest";
import { mongoAnswer } from "./mongo-answers.ts";
import { bodyOf, MongoMessages } from "./mongo-messages.ts";

let nextId = 0;

function opMsg(body: Document, { to = 0, flags = 0, documents = [] as Document[] } = {}): Buffer {
  const sequence = documents.map((document) => BSON.serialize(document));
  const name = Buffer.from("documents\0");
  const size = Buffer.alloc(5, 1);
  size.writeInt32LE(4 + name.length + sequence.reduce((sum, { length }) => sum + length, 0), 1);
  const sections = [
    ...(documents.length > 0 ? [size, name, ...sequence] : []),
    Buffer.from([0]),
    BSON.serialize(body),
  ];
  const header = Buffer.alloc(20);
  header.writeInt32LE(20 + sections.reduce((sum, { length }) => sum + length, 0), 0);
  header.writeInt32LE(++nextId, 4);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(2013, 12);
  header.writeUInt32LE(flags, 16);
  return Buffer.concat([header, ...sections]);
}

function opQuery(body: Document): Buffer {
  const rest = [Buffer.from("admin.$cmd\0"), Buffer.alloc(8), BSON.serialize(body)];
  const header = Buffer.alloc(20);
  header.writeInt32LE(20 + rest.reduce((sum, { length }) => sum + length, 0), 0);
  header.writeInt32LE(++nextId, 4);
  header.writeInt32LE(2004, 12);
  return Buffer.concat([header, ...rest]);
}

function pieces(all: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.subarray(i * size, (i + 1) * size),
  );
}

const inTransaction = {
  lsid: { id: new Binary(Buffer.alloc(16, 7), 4) },
  txnNumber: BSON.Long.fromNumber(3),
  autocommit: false,
};

test.each([1, 5, 16, 33, 100_000])("requests are told apart in pieces of %i bytes", (size) => {
  const mongo = new MongoMessages();
  const all = Buffer.concat([
    opQuery({ hello: 1, client: { application: { name: "outgraph-relay" } } }),
    opMsg(
      { insert: "outbox", ...inTransaction, startTransaction: true },
      { documents: [{ a: 1 }, {}] },
    ),
    opMsg({ update: "users", updates: [], ...inTransaction }),
    opMsg({ commitTransaction: 1, ...inTransaction }),
    opMsg({ getMore: BSON.Long.fromNumber(9), collection: "outbox" }),
  ]);

  const heard = pieces(all, size).flatMap((piece) => [...mongo.said(piece)]);

  expect(Buffer.concat(heard.map(({ bytes }) => bytes))).toEqual(all);
  expect(heard.map(({ request }) => `${request?.name} ${request?.subject}`)).toEqual([
    ...["hello ", "insert outbox", "update users", "commitTransaction ", "getMore outbox"],
  ]);
  expect(heard[3]?.request).toMatchObject({
    transaction: ["insert outbox", "update users"],
    client: "outgraph-relay",
  });
  expect(heard[4]?.request?.transaction).toEqual([]);
});

test("a transaction is followed over the connections that it uses", () => {
  const transactions = new Map<string, readonly string[]>();
  const [one, other] = [new MongoMessages(transactions), new MongoMessages(transactions)];
  [...one.said(opMsg({ insert: "outbox", ...inTransaction, startTransaction: true }))];
  const commit = opMsg({ commitTransaction: 1, ...inTransaction });

  for (const again of [other, one]) {
    const [said] = [...again.said(commit)];
    expect(said?.request?.transaction).toEqual(["insert outbox"]);
  }
});

test("an answer finds its request, also one that goes on by itself", () => {
  const mongo = new MongoMessages();
  const [hello, ping] = [{ hello: 1 }, { ping: 1 }].map((body) => [...mongo.said(opMsg(body))][0]);
  const open = [hello, ping].map((said) => said?.request as never);
  const first = opMsg({ ok: 1 }, { to: hello?.request?.id as number, flags: 2 });
  const second = opMsg({ ok: 1 }, { to: first.readInt32LE(4) });
  const other = opMsg({ ok: 1 }, { to: ping?.request?.id as number });

  const answers = [...mongo.answered(Buffer.concat([first, other, second]), open)];

  expect(answers.map(({ to, last }) => [to?.name, last])).toEqual([
    ["hello", false],
    ["ping", true],
    ["hello", true],
  ]);
});

test("what wants no answer is told", () => {
  const [said] = [...new MongoMessages().said(opMsg({ insert: "things" }, { flags: 2 }))];
  expect(said?.answered).toBe(false);
});

test("an answer in the server's place is one to that request", () => {
  const mongo = new MongoMessages();
  const [said] = [...mongo.said(opMsg({ ping: 1 }))];
  const request = said?.request as never;

  const answer = mongoAnswer(request, { ok: 0, code: 91 });

  expect([...mongo.answered(answer, [request])]).toMatchObject([
    { to: { name: "ping" }, last: true },
  ]);
  expect(bodyOf(answer)).toEqual({ ok: 0, code: 91 });
});

test("compressed messages are refused, not passed unread", () => {
  const compressed = opMsg({ ping: 1 });
  compressed.writeInt32LE(2012, 12);
  expect(() => [...new MongoMessages().said(compressed)]).toThrow("opcode 2012");
});
