/**
 * A typed list of everything worth knowing that a core says, such as
 * `{ "batch.applied": { entries: number; durationMs: number } }`. Units stand in the names.
 */
export interface Signals<M extends object> {
  /**
   * Says that something happened. Every listener has run when this returns; one that throws neither
   * stops the others nor the caller, and is told to `process` as a warning.
   */
  emit<K extends keyof M>(name: K, payload: M[K]): void;

  /** Calls `listener` for each signal of that name, in order. Returns how to stop that. */
  on<K extends keyof M>(name: K, listener: (payload: M[K]) => void): () => void;

  /**
   * Resolves with the next payload of that name that `accept` takes (default: any). It waits for a
   * signal, not for a time: give it an abort signal to bound it, and it rejects with the reason.
   */
  next<K extends keyof M>(
    name: K,
    accept?: (payload: M[K]) => boolean,
    signal?: AbortSignal,
  ): Promise<M[K]>;
}

/** Makes an empty list of listeners for the signals `M`. A signal not in `M` does not compile. */
export function signals<M extends object>(): Signals<M> {
  const listeners = new Map<keyof M, Set<(payload: never) => void>>();

  const on = <K extends keyof M>(name: K, listener: (payload: M[K]) => void): (() => void) => {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set);
    // Wrapped, so that one function registered twice is called twice and leaves one at a time.
    const entry = (payload: M[K]): void => listener(payload);
    set.add(entry);
    return () => void set.delete(entry);
  };

  return {
    on,
    emit(name, payload) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          (listener as (payload: M[typeof name]) => void)(payload);
        } catch (error) {
          // A broken log or metric must not decide what happens to an entry.
          process.emitWarning(
            `listener of ${String(name)} failed: ${String(error)}`,
            "SignalWarning",
          );
        }
      }
    },
    next(name, accept = () => true, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const aborted = (): void => {
          off();
          reject(signal?.reason);
        };
        const off = on(name, (payload) => {
          if (!accept(payload)) return;
          off();
          signal?.removeEventListener("abort", aborted);
          resolve(payload);
        });
        signal?.addEventListener("abort", aborted, { once: true });
      });
    },
  };
}
