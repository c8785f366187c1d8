import type { Readable } from "node:stream";

const LINES = 200;

/** The last 200 lines of a stream that nobody keeps in a file. */
export class LogRing {
  #lines: string[] = [];
  #rest = "";

  /** Takes what the stream says until it ends; an earlier stream may go on beside it. */
  follow(stream: Readable): void {
    stream.on("data", (chunk: Buffer | string) => this.add(chunk.toString()));
    stream.on("err", (chunk: Buffer | string) => this.add(chunk.toString()));
    // The stream breaks when its container is killed; the log up to there is what we want.
    stream.on("error", () => {});
  }

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    this.#lines.push(...lines);
    this.#lines = this.#lines.slice(-LINES);
  }

  text(): string {
    return [...this.#lines, this.#rest].join("\n");
  }
}
