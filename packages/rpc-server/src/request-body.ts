import type { Readable } from "node:stream";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HeldByCall } from "./held-bytes.ts";

/** The most that is read of a refused request, and how long, before its answer ends anyway. */
const REST = { bytesMax: 64 * 1024 * 1024, ms: 10_000 };

/** What a request with one message may take. */
export interface BodyLimits {
  /** How long it may take to arrive, in milliseconds. */
  readonly msMax: number;
  /** Where its bytes count. */
  readonly held: HeldByCall;
}

/** The body of a request, which can be read to its end when nobody wants the rest. */
export class RequestBody implements AsyncIterable<Uint8Array> {
  readonly #request: Readable;
  readonly #pieces: NodeJS.AsyncIterator<Uint8Array>;
  readonly #limits: BodyLimits | undefined;
  #late = false;

  /** @param limits none for a stream of messages, which may go on for as long as it likes. */
  constructor(request: Readable, limits: BodyLimits | undefined) {
    this.#request = request;
    this.#limits = limits;
    // Breaking off, as an iterator does by default, resets the connection.
    this.#pieces = request.iterator({ destroyOnReturn: false });
  }

  /** Whether the rest of it is not waited for: it is late, or a stream that has no end of its own. */
  get unwanted(): boolean {
    return this.#late || this.#limits === undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#limits === undefined ? this.#pieces : this.#within(this.#limits);
  }

  #within({ msMax, held }: BodyLimits): AsyncIterator<Uint8Array> {
    const pieces = this.#pieces;
    let late: ConnectError | undefined;
    let giveUp: ((error: ConnectError) => void) | undefined;
    const timer = setTimeout(() => {
      this.#late = true;
      const message = `the request did not arrive within ${msMax} ms; nothing was done`;
      late = new ConnectError(message, Code.DeadlineExceeded);
      giveUp?.(late);
    }, msMax);
    return {
      // Not an async generator with a race in it: this runs for every piece of every request.
      next: () =>
        new Promise((resolve, reject) => {
          if (late !== undefined) return reject(late);
          giveUp = reject;
          const failed = (error: unknown): void => {
            clearTimeout(timer);
            reject(error);
          };
          pieces
            .next()
            .then((next) => {
              if (next.done === true) clearTimeout(timer);
              else held.add(next.value.length);
              resolve(next);
            })
            .catch(failed);
        }),
      return() {
        clearTimeout(timer);
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /**
   * Reads what is left and throws it away, within bounds. A client that gets its whole answer while
   * it is still sending takes that badly: over HTTP/1.1 it finds the connection reset, and Node's own
   * HTTP/2 client counts what it never sent as memory in use, and soon refuses every call.
   */
  async skipRest(): Promise<void> {
    const request = this.#request;
    if (request.readableEnded || request.destroyed || this.unwanted) return;
    // Ends what the handler left half-read; until then nothing would flow.
    void this.#pieces.return?.();
    await new Promise<void>((resolve) => {
      let bytes = 0;
      const timer = setTimeout(resolve, REST.ms);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      request.on("data", (piece: Uint8Array) => {
        bytes += piece.length;
        if (bytes > REST.bytesMax) done();
      });
      for (const event of ["end", "error", "close"] as const) request.once(event, done);
      request.resume();
    });
  }
}
