import { type At, atMs } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import type { Patience } from "./persist.ts";
import type { GraphPort, Oplog, OutboxPort } from "./ports.ts";
import { STREAM_SILENCE_MS } from "./stream-silence.ts";

/** How often it is looked, in milliseconds. */
const SURVEY_EVERY_MS = 15_000;

/** What is looked at. */
export interface Surveying {
  readonly outbox: Pick<OutboxPort, "oplog">;
  readonly graph: Pick<GraphPort, "countStubs">;
  /** Up to where the stream was read. */
  readonly readUpTo: () => At;
}

/**
 * Looks now and then, until the signal aborts, at what people want to know and nothing else goes by:
 * stubs, and how much of the oplog is left. What cannot be looked at is not known, which is said once
 * when it is not for now: a role may lack the right.
 */
export async function survey(surveying: Surveying, patience: Patience): Promise<void> {
  const { outbox, graph, readUpTo } = surveying;
  const { clock, signals, signal } = patience;
  const said = new Map<string, string>();
  let quietAt = Number.NEGATIVE_INFINITY;
  const off = signals.on("stream.quiet", () => {
    quietAt = clock.now();
  });
  const look = async <T>(
    what: "oplog" | "stubs",
    ask: () => Promise<T>,
  ): Promise<T | undefined> => {
    try {
      const answer = await unlessAborted(signal, ask());
      said.delete(what);
      return answer;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { kind, failure } = error;
      const reason = String(failure.code ?? kind);
      if (kind !== "transient" && said.get(what) !== reason) {
        said.set(what, reason);
        signals.emit("survey.failed", { what, message: error.message });
      }
      return undefined;
    }
  };
  try {
    while (!signal.aborted) {
      const [oplog, stubs] = await Promise.all([
        look("oplog", () => outbox.oplog()),
        look("stubs", () => graph.countStubs()),
      ]);
      if (signal.aborted) return;
      const quiet = clock.now() - quietAt <= STREAM_SILENCE_MS;
      const oplogWindowMs = oplog && windowMs(oplog, quiet ? oplog.last : readUpTo());
      signals.emit("surveyed", { oplogWindowMs, stubs });
      await clock.sleep(SURVEY_EVERY_MS, signal);
    }
  } finally {
    off();
  }
}

/** How far the place is from falling off the oplog; 0 when it has. */
function windowMs({ first }: Oplog, place: At): number {
  return Math.max(0, atMs(place) - atMs(first));
}

/** What comes of the work, or undefined once the signal aborts: a server may be silent for long. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  let stop = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => {}); // nobody asks for it any more
  }
}
