import { retryLater } from "./retry-later.ts";

/** What one call holds of the bytes that all calls may hold together. */
export interface HeldByCall {
  /** Holds more. @throws ConnectError RESOURCE_EXHAUSTED with a delay, when all together hold too much. */
  add(bytes: number): void;
  /** Gives everything back; a second time does nothing. */
  release(): void;
}

/** Bounds the bytes of requests that are in memory at a time, over all calls. */
export class HeldBytes {
  readonly #max: number;
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get held(): number {
    return this.#held;
  }

  /** For one call. */
  open(): HeldByCall {
    let own = 0;
    return {
      add: (bytes) => {
        // Refused rather than made to wait: those that hold a part each could all wait for ever.
        if (this.#held + bytes > this.#max) {
          throw retryLater(`requests hold ${this.#held} of ${this.#max} bytes already`);
        }
        own += bytes;
        this.#held += bytes;
      },
      release: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}
