import type { Readable } from "node:stream";

/** The most that is read of a refused request, and how long, before its answer ends anyway. */
const REST = { bytesMax: 64 * 1024 * 1024, ms: 10_000 };

/** The body of a request, which can be read to its end when nobody wants the rest. */
export class RequestBody implements AsyncIterable<Uint8Array> {
  readonly #request: Readable;
  readonly #pieces: NodeJS.AsyncIterator<Uint8Array>;

  constructor(request: Readable) {
    this.#request = request;
    // Breaking off, as an iterator does by default, resets the connection.
    this.#pieces = request.iterator({ destroyOnReturn: false });
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#pieces;
  }

  /**
   * Reads what is left and throws it away, within bounds. A client that gets its whole answer while
   * it is still sending takes that badly: over HTTP/1.1 it finds the connection reset, and Node's own
   * HTTP/2 client counts what it never sent as memory in use, and soon refuses every call.
   */
  async skipRest(): Promise<void> {
    const request = this.#request;
    if (request.readableEnded || request.destroyed) return;
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
