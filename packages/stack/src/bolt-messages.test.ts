import { expect, test } from "vitest";
import { boltFailure } from "./bolt-answers.ts";
import { BoltMessages } from "./bolt-messages.ts";
import { packText, textAt } from "./pack-stream.ts";

const PROPOSALS = Buffer.from("6060b017000001ff000808050002040400000003", "hex");
const LIST = Buffer.from("000001ff030000080500000404000000030" + "0", "hex");
const CHOICE = Buffer.from("0000080500", "hex");
const NOOP = Buffer.alloc(2);

/** A message in chunks of so many bytes. */
function message(tag: number, field: Buffer = Buffer.alloc(0), chunkBytes = 5): Buffer {
  const payload = Buffer.concat([Buffer.from([0xb1, tag]), field]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < payload.length; at += chunkBytes) {
    const chunk = payload.subarray(at, at + chunkBytes);
    chunks.push(Buffer.from([0, chunk.length]), chunk);
  }
  return Buffer.concat([...chunks, NOOP]);
}

const HELLO = message(1);
const RUN = (text: string) => message(16, packText(text));
const [RESET, BEGIN, COMMIT, PULL] = [15, 17, 18, 63].map((tag) => message(tag));
const [SUCCESS, RECORD] = [0x70, 0x71].map((tag) => message(tag));

function pieces(bytes: readonly (Buffer | undefined)[], size: number): Buffer[] {
  const all = Buffer.concat(bytes.map((each) => each as Buffer));
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.subarray(i * size, (i + 1) * size),
  );
}

test.each([1, 2, 3, 7, 64, 10_000])("requests are told apart in pieces of %i bytes", (size) => {
  const bolt = new BoltMessages();
  const said = [
    PROPOSALS,
    HELLO,
    NOOP,
    BEGIN,
    RUN("RETURN 1"),
    PULL,
    RUN("CREATE (n)"),
    COMMIT,
    RESET,
  ];

  const heard = pieces(said, size).flatMap((piece) => [...bolt.said(piece)]);

  expect(Buffer.concat(heard.map(({ bytes }) => bytes))).toEqual(Buffer.concat(said as Buffer[]));
  const requests = heard.flatMap(({ request }) => request ?? []);
  expect(requests.map(({ name, subject }) => `${name} ${subject}`.trim())).toEqual([
    ...["HELLO", "BEGIN", "RUN RETURN 1", "PULL", "RUN CREATE (n)", "COMMIT", "RESET"],
  ]);
  expect(requests[5]?.transaction).toEqual(["RETURN 1", "CREATE (n)"]);
  expect(requests[6]?.transaction).toEqual([]);
});

test.each([1, 3, 10_000])("a handshake with a list is followed, in pieces of %i bytes", (size) => {
  const bolt = new BoltMessages();

  const first = pieces([PROPOSALS], size).flatMap((piece) => [...bolt.said(piece)]);
  const list = pieces([LIST, SUCCESS], size).flatMap((piece) => [...bolt.answered(piece, [])]);
  const rest = pieces([CHOICE, HELLO], size).flatMap((piece) => [...bolt.said(piece)]);

  expect(first).toEqual([{ bytes: PROPOSALS }]);
  expect(list.map(({ bytes }) => bytes)).toEqual([LIST, SUCCESS]);
  expect(rest.map(({ bytes, request }) => request?.name ?? bytes)).toEqual([CHOICE, "HELLO"]);
});

test("each request is answered by one summary, in turn, and records belong to it", () => {
  const bolt = new BoltMessages();
  const heard = [...bolt.said(Buffer.concat([PROPOSALS, BEGIN, PULL] as Buffer[]))];
  const open = heard.flatMap(({ request }) => request ?? []);
  const found: [string | undefined, boolean][] = [];

  const answer = Buffer.concat([
    Buffer.from([0, 0, 4, 4]),
    SUCCESS,
    RECORD,
    NOOP,
    SUCCESS,
  ] as Buffer[]);
  for (const { to, last } of bolt.answered(answer, open)) {
    found.push([to?.name, last]);
    if (last) open.shift();
  }

  expect(found).toEqual([
    [undefined, false], // the handshake
    ["BEGIN", true],
    ["PULL", false],
    [undefined, false], // a no-op
    ["PULL", true],
  ]);
});

test("a statement of more than a chunk is read whole", () => {
  const bolt = new BoltMessages();
  const text = "x".repeat(200_000);
  const said = [...bolt.said(Buffer.concat([PROPOSALS, message(16, packText(text), 255)]))];
  expect(said[1]?.request?.subject).toBe(text);
});

test("texts of every length are read", () => {
  expect(textAt(Buffer.from([0x83, 97, 98, 99]), 0)).toBe("abc");
  expect(textAt(Buffer.from([0xd0, 2, 97, 98]), 0)).toBe("ab");
  expect(textAt(Buffer.from([0xd1, 0, 1, 97]), 0)).toBe("a");
  expect(textAt(packText("é"), 0)).toBe("é");
  expect(textAt(Buffer.from([0xa0]), 0)).toBe("");
});

test("after a failure the server ignores what comes, until it is reset", () => {
  const bolt = new BoltMessages();
  expect(bolt.ignoring(boltFailure("Neo.X", "no"))?.until).toBe("RESET");
  expect(bolt.ignoring(SUCCESS as Buffer)).toBeUndefined();
});
