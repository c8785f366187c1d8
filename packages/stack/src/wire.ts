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
      if (sink.destroyed) return; // whoever reads from it is told
      if (!sink.write(bytes.subarray(at, at + lot))) await once(sink, "drain");
      at += lot;
    }
  }
}
