interface Options {
  readonly once?: boolean;
}

/**
 * What the language promises of an `AbortSignal`, as far as the code of relays and writers uses it.
 * Node's own costs some microseconds for each listener, and there is one for each call to a server.
 */
class VirtualSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Map<() => void, Options>();

  addEventListener(type: string, listener: () => void, options: Options = {}): void {
    if (type !== "abort") throw new Error(`a signal has no event ${type}`);
    if (!this.#listeners.has(listener)) this.#listeners.set(listener, options);
  }

  removeEventListener(_: string, listener: () => void): void {
    this.#listeners.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** Tells those that listen, also those that are added meanwhile; not those that are removed. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const [listener, { once }] of this.#listeners) {
      if (once === true) this.#listeners.delete(listener);
      listener();
    }
  }
}

/** In the place of `AbortController`. */
export class VirtualAbortController {
  readonly signal: AbortSignal = new VirtualSignal() as unknown as AbortSignal;

  abort(reason: unknown = new DOMException("this was aborted", "AbortError")): void {
    (this.signal as unknown as VirtualSignal).abort(reason);
  }
}

/** In the place of `AbortSignal.any`. */
export function anyOf(signals: Iterable<AbortSignal>): AbortSignal {
  const control = new VirtualAbortController();
  for (const signal of signals) {
    if (signal.aborted) control.abort(signal.reason);
    else signal.addEventListener("abort", () => control.abort(signal.reason), { once: true });
  }
  return control.signal;
}
