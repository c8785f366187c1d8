import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Neo4jServer } from "@outgraph/stack";

/** What an observer is told. */
export interface Observed {
  readonly uri: string;
  readonly auth: Neo4jServer["auth"];
  /** The numbers that it looks for: from this one on, */
  readonly from: number;
  /** so many. */
  readonly count: number;
}

/** What it saw. */
export interface Seen {
  /** When each became visible, by the steady clock. */
  readonly visible: Float64Array;
  /** From one look to the next, the median and the 99th percentile of all, in milliseconds. */
  readonly periodMsP50: number;
  readonly periodMsP99: number;
}

/** Looks at the graph again and again, in a thread of its own. */
export interface Observer extends AsyncDisposable {
  /** Resolves when everything was seen. @throws when nothing new comes for a while. */
  readonly done: Promise<Seen>;
}

/**
 * Looks for symbols in Neo4j, as any reader would, without a pause. A symbol is taken as visible from
 * the middle between the first look that saw it and the one before, so that half a look too late is
 * the most, and on average it is neither late nor early.
 */
export async function startObserver(observed: Observed): Promise<Observer> {
  const worker = new Worker(new URL("./observer-thread.ts", import.meta.url), {
    workerData: observed,
  });
  await once(worker, "message"); // it is connected, and has looked
  const done = once(worker, "message").then(([seen]) => seen as Seen);
  done.catch(() => {}); // who awaits it hears of it
  return {
    done,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
