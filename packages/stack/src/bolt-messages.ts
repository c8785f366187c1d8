import { BOLT_IGNORED, isBoltFailure } from "./bolt-answers.ts";
import { BoltHandshake } from "./bolt-handshake.ts";
import { textAt } from "./pack-stream.ts";
import { Unread } from "./unread.ts";
import type { Answer, Conversation, Said, WireRequest } from "./wire-request.ts";

/** Bolt's messages by tag, as of 5.8. */
const REQUESTS: Readonly<Record<number, string>> = {
  1: "HELLO",
  2: "GOODBYE",
  15: "RESET",
  16: "RUN",
  17: "BEGIN",
  18: "COMMIT",
  19: "ROLLBACK",
  47: "DISCARD",
  63: "PULL",
  84: "TELEMETRY",
  102: "ROUTE",
  106: "LOGON",
  107: "LOGOFF",
};

/** A RECORD is the only message of a server that is not the end of an answer. */
const RECORD = 0x71;

/**
 * Follows a Bolt connection (5.x, and 4.x, whose framing is the same): the handshake, then messages of
 * chunks. Answers come in the order of requests, one summary each. TLS cannot be followed.
 */
export class BoltMessages implements Conversation {
  readonly #handshake = new BoltHandshake();
  readonly #fromClient = new Unread();
  readonly #fromServer = new Unread();
  #count = 0;
  #transaction: readonly string[] = [];

  *said(piece: Buffer): Iterable<Said> {
    this.#fromClient.add(piece);
    for (;;) {
      const shaken = this.#handshake.ofClient(this.#fromClient);
      if (shaken === "more") return;
      if (shaken !== undefined) {
        yield { bytes: shaken };
        continue;
      }
      const message = wholeMessage(this.#fromClient);
      if (message === undefined) return;
      yield this.#request(message);
    }
  }

  *answered(piece: Buffer, open: readonly WireRequest[]): Iterable<Answer> {
    this.#fromServer.add(piece);
    for (;;) {
      const shaken = this.#handshake.ofServer(this.#fromServer);
      if (shaken === "more") return;
      if (shaken !== undefined) {
        yield { bytes: shaken, last: false };
        continue;
      }
      const message = wholeMessage(this.#fromServer);
      if (message === undefined) return;
      const { bytes, payload } = message;
      if (payload === undefined) yield { bytes, last: false };
      else yield { bytes, to: open[0], last: payload[1] !== RECORD };
    }
  }

  ignoring(answer: Buffer): { until: string; answer: Buffer } | undefined {
    return isBoltFailure(answer) ? { until: "RESET", answer: BOLT_IGNORED } : undefined;
  }

  #request({ bytes, payload }: Message): Said {
    if (payload === undefined) return { bytes };
    const name = REQUESTS[payload[1] ?? -1] ?? `tag ${payload[1]}`;
    const subject = name === "RUN" ? textAt(payload, 2) : "";
    if (name === "BEGIN" || name === "RESET") this.#transaction = [];
    if (name === "RUN") this.#transaction = [...this.#transaction, subject];
    const request: WireRequest = {
      id: ++this.#count,
      name,
      subject,
      transaction: this.#transaction,
      client: "",
      bytes,
    };
    if (name === "COMMIT" || name === "ROLLBACK") this.#transaction = [];
    return { bytes, request, answered: name !== "GOODBYE" };
  }
}

interface Message {
  readonly bytes: Buffer;
  /** Without the chunks' headers; undefined for a no-op, which is an empty chunk between messages. */
  readonly payload: Buffer | undefined;
}

function wholeMessage(unread: Unread): Message | undefined {
  const { bytes } = unread;
  const chunks: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const size = bytes.readUInt16BE(at);
    at += 2;
    if (size === 0) {
      const whole = unread.take(at);
      const payload = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      return whole && { bytes: whole, payload: chunks.length === 0 ? undefined : payload };
    }
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return undefined;
}
