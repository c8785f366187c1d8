import type { Unread } from "./unread.ts";

/** Magic number and four proposals. */
const PROPOSALS_BYTES = 20;
/** "Version 255.1": here is the list of what I speak, choose. */
const MANIFEST = 0x00_00_01_ff;

/**
 * The bytes before the first message, of either kind of handshake: proposals and choice, or, since
 * Bolt 5.7, proposals, the server's list, and the client's choice.
 */
export class BoltHandshake {
  #proposed = false;
  #answered = false;
  #listed: boolean | undefined;
  #chosen = false;

  /** The next part that the client says; "more" while it has not arrived; undefined once it is over. */
  ofClient(unread: Unread): Buffer | "more" | undefined {
    if (!this.#proposed) {
      const proposals = unread.take(PROPOSALS_BYTES);
      this.#proposed = proposals !== undefined;
      return proposals ?? "more";
    }
    if (this.#listed !== true || this.#chosen) return undefined;
    const end = varintEnd(unread.bytes, 4); // a version, and the capabilities it wants
    if (end === undefined) return "more";
    this.#chosen = true;
    return unread.take(end);
  }

  /** The same of the server. */
  ofServer(unread: Unread): Buffer | "more" | undefined {
    if (!this.#answered) {
      const end = unread.bytes.length < 4 ? undefined : answerEnd(unread.bytes);
      if (end === undefined) return "more";
      this.#answered = true;
      this.#listed = end > 4;
      return unread.take(end);
    }
    return undefined;
  }
}

function answerEnd(bytes: Buffer): number | undefined {
  if (bytes.readUInt32BE(0) !== MANIFEST) return 4;
  const counted = varintEnd(bytes, 4);
  if (counted === undefined) return undefined;
  const count = bytes
    .subarray(4, counted)
    .reduce((sum, byte, i) => sum + (byte % 128) * 128 ** i, 0);
  return varintEnd(bytes, counted + 4 * count); // the capabilities it has
}

/** Where the number that begins at `from` ends: its last byte has no high bit. */
function varintEnd(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at < bytes.length; at++) if ((bytes[at] ?? 0) < 128) return at + 1;
  return undefined;
}
