import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What the wire does to bytes at this moment; shared by all connections of a proxy. */
export class Wire {
  /** Each piece waits this long before it goes on, in milliseconds. */
  delayMs = 0;
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
}

/**
 * Carries bytes one way until the source ends, then ends the sink.
 *
 * @param take sees each piece before it goes on; a piece for which it gives `false` is dropped.
 */
export async function carry(
  source: Socket,
  sink: Socket,
  wire: Wire,
  take: (piece: Buffer) => boolean,
): Promise<void> {
  for await (const piece of source as AsyncIterable<Buffer>) {
    await wire.passage();
    if (!take(piece)) continue;
    if (!sink.write(piece)) await once(sink, "drain");
  }
  await wire.passage();
  sink.end();
}
