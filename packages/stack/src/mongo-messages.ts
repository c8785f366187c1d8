import { BSON, type Document } from "mongodb";
import { Unread } from "./unread.ts";
import type { Answer, Conversation, Said, WireRequest } from "./wire-request.ts";

const OP_MSG = 2013;
const OP_QUERY = 2004; // a driver's first hello still comes so
const HEADER_BYTES = 16;
const MORE_TO_COME = 2;
/** So many transactions are remembered, which is more than are open at once. */
const TRANSACTIONS_MAX = 10_000;

/**
 * Follows a MongoDB connection: OP_MSG, and the hello before it. A connection that compresses, or
 * speaks TLS, cannot be followed.
 */
export class MongoMessages implements Conversation {
  readonly #fromClient = new Unread();
  readonly #fromServer = new Unread();
  readonly #transactions: Map<string, readonly string[]>;
  readonly #streams = new Map<number, WireRequest>();
  #client = "";

  /** @param transactions of all connections of a proxy: one transaction may use several. */
  constructor(transactions: Map<string, readonly string[]> = new Map()) {
    this.#transactions = transactions;
  }

  *said(piece: Buffer): Iterable<Said> {
    this.#fromClient.add(piece);
    for (;;) {
      const bytes = wholeMessage(this.#fromClient);
      if (bytes === undefined) return;
      const answered = bytes.readUInt32LE(12) !== OP_MSG || (flagsOf(bytes) & MORE_TO_COME) === 0;
      yield { bytes, request: this.#request(bytes), answered };
    }
  }

  *answered(piece: Buffer, open: readonly WireRequest[]): Iterable<Answer> {
    this.#fromServer.add(piece);
    for (;;) {
      const bytes = wholeMessage(this.#fromServer);
      if (bytes === undefined) return;
      const asked = bytes.readInt32LE(8);
      // Each part of an answer that goes on by itself says that it answers the part before.
      const to = open.find(({ id }) => id === asked) ?? this.#streams.get(asked);
      this.#streams.delete(asked);
      const goesOn = bytes.readUInt32LE(12) === OP_MSG && (flagsOf(bytes) & MORE_TO_COME) !== 0;
      if (goesOn && to !== undefined) this.#streams.set(bytes.readInt32LE(4), to);
      yield { bytes, to, last: !goesOn };
    }
  }

  #request(bytes: Buffer): WireRequest {
    const body = bodyOf(bytes);
    const [name = "", value] = Object.entries(body)[0] ?? [];
    const named = name === "getMore" ? body["collection"] : value;
    const subject = typeof named === "string" ? named : "";
    const application = (body["client"] as Document | undefined)?.["application"] as Document;
    this.#client = String(application?.["name"] ?? this.#client);
    return {
      id: bytes.readInt32LE(4),
      name,
      subject,
      transaction: this.#inTransaction(body, `${name} ${subject}`),
      client: this.#client,
      bytes,
    };
  }

  #inTransaction(body: Document, what: string): readonly string[] {
    if (body["autocommit"] !== false) return [];
    const key = `${(body["lsid"] as { id: BSON.Binary }).id.toString("hex")}/${body["txnNumber"]}`;
    const ends = what.startsWith("commitTransaction ") || what.startsWith("abortTransaction ");
    if (ends) return this.#transactions.get(key) ?? []; // kept: a commit may be sent again
    const before = body["startTransaction"] === true ? [] : (this.#transactions.get(key) ?? []);
    const all = [...before, what];
    this.#transactions.set(key, all);
    const [oldest = ""] = this.#transactions.keys();
    if (this.#transactions.size > TRANSACTIONS_MAX) this.#transactions.delete(oldest);
    return all;
  }
}

/** The body of a command, without the documents that follow it. */
export function bodyOf(message: Buffer): Document {
  const opCode = message.readUInt32LE(12);
  if (opCode === OP_QUERY) {
    const collectionEnd = message.indexOf(0, HEADER_BYTES + 4) + 1;
    return documentAt(message, collectionEnd + 8);
  }
  if (opCode !== OP_MSG) throw new Error(`a MongoDB message of opcode ${opCode}`);
  let at = HEADER_BYTES + 4;
  while (message[at] === 1) at += 1 + message.readInt32LE(at + 1); // documents before the body
  return documentAt(message, at + 1);
}

function documentAt(message: Buffer, at: number): Document {
  const size = message.readInt32LE(at);
  return BSON.deserialize(message.subarray(at, at + size), { useBigInt64: true });
}

function flagsOf(message: Buffer): number {
  return message.readUInt32LE(HEADER_BYTES);
}

function wholeMessage(unread: Unread): Buffer | undefined {
  return unread.has(HEADER_BYTES) ? unread.take(unread.bytes.readInt32LE(0)) : undefined;
}
