import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What the wire does to bytes at this moment; shared by all connections of a proxy. */
export class Wire {
  /** Each piece waits this long before it goes on, in milliseconds. */
  delayMs = 0;
  /** How many bytes go on at a time, each lot after the delay; 0 for whole pieces. */
  trickleBytes = 0;
  #open: Promise<void> = Promise.resolve();
  #reopen: (() => void) | undefined;

  /** Bytes wait until `release`; none is lost. */
  hold(): void {
    if (this.#reopen) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    this.#reopen = resolve;
  }

  release(): void {
    this.#reopen?.();
    this.#reopen = undefined;
  }

  /** Resolves when a piece that is at the wire now may go on. */
  async passage(): Promise<void> {
    if (this.delayMs > 0) await pause(this.delayMs);
    await this.#open;
  }

  /** Sends bytes on, once nothing holds them, as fast as the sink takes them or they may trickle. */
  async send(sink: Socket, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (at > 0) await this.passage();
      await this.#open;
      const lot = this.trickleBytes === 0 ? bytes.length : this.trickleBytes;
      if (sink.destroyed) throw new Error("the other end is gone");
      if (!sink.write(bytes.subarray(at, at + lot))) await once(sink, "drain");
      at += lot;
    }
  }
}

/**
 * Carries bytes one way until the source ends, then ends the sink.
 *
 * @param pass sees each piece, and sends on what is to go on.
 */
export async function carry(
  source: Socket,
  sink: Socket,
  wire: Wire,
  pass: (piece: Buffer) => Promise<void>,
): Promise<void> {
  for await (const piece of source as AsyncIterable<Buffer>) {
    await wire.passage();
    await pass(piece);
  }
  await wire.passage();
  sink.end();
}
