const NOTHING = Buffer.alloc(0);

/** Bytes that arrive in pieces and are taken in wholes. */
export class Unread {
  #bytes: Buffer = NOTHING;
  #more: Buffer[] = [];
  #length = 0;
  #wanted = 0;

  add(piece: Buffer): void {
    this.#more.push(piece);
    this.#length += piece.length;
  }

  /** Whether there are so many bytes, and as many as the last `take` asked for in vain. */
  has(length: number): boolean {
    return this.#length >= Math.max(length, this.#wanted);
  }

  /** All that was not taken yet. */
  get bytes(): Buffer {
    if (this.#more.length > 0) {
      this.#bytes = Buffer.concat([this.#bytes, ...this.#more]);
      this.#more = [];
    }
    return this.#bytes;
  }

  /** Takes so many bytes from the front, or nothing while there are fewer. */
  take(length: number): Buffer | undefined {
    this.#wanted = length;
    if (this.#length < length) return undefined;
    const { bytes } = this;
    this.#wanted = 0;
    this.#length -= length;
    this.#bytes = bytes.subarray(length);
    return bytes.subarray(0, length);
  }
}
