import { type At, atMs } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import type { Clock } from "./clock.ts";
import { decode } from "./decode.ts";
import { BrokenOff, Halt } from "./ended.ts";
import type { PendingEntry, StoredEntry } from "./pending-entry.ts";
import type { Reading } from "./ports.ts";
import type { RelaySignalBus } from "./signals.ts";
import { Walked } from "./walked.ts";

/** What reading needs to know. */
export interface PendingOptions {
  /** Everything before it is decided. It may rise meanwhile. */
  readonly horizon: () => At;
  readonly clock: Clock;
  readonly signals: RelaySignalBus;
  /** Told the time up to which everything that committed has been given. */
  readonly onReadUpTo: (time: At) => void;
}

/**
 * Every entry that is not decided yet, once each: first the walk, in the order of history, then the
 * stream, in the order of commits. Never ends by itself.
 *
 * @throws BrokenOff when reading failed, whatever the reason: a start follows.
 * @throws Halt when the outbox is gone, or an entry appears where everything was decided.
 */
export async function* pending(
  reading: Reading,
  options: PendingOptions,
): AsyncGenerator<PendingEntry> {
  try {
    const walked = yield* walk(reading, options);
    yield* stream(reading, walked, options);
  } catch (error) {
    if (error instanceof CallFailed) throw new BrokenOff(error.message, { cause: error });
    throw error;
  }
}

/** Gives what is pending, and returns what it gave: the stream may give some of it once more. */
async function* walk(
  reading: Reading,
  { horizon, clock, signals, onReadUpTo }: PendingOptions,
): AsyncGenerator<PendingEntry, Walked> {
  const began = clock.now();
  const from = horizon();
  const walked = new Walked(from);
  let entries = 0;
  for await (const chunk of reading.walk(from)) {
    walked.add(chunk.until, chunk.seenAt);
    for (const stored of chunk.entries) {
      if (chunk.acked.has(stored.id) || chunk.parked.has(stored.id)) continue;
      entries += 1;
      yield decode(stored, { ms: atMs(stored.at), coarse: true });
    }
  }
  onReadUpTo(reading.upTo);
  signals.emit("walk.done", { entries, durationMs: clock.now() - began });
  return walked;
}

async function* stream(
  reading: Reading,
  walked: Walked,
  { horizon, clock, signals, onReadUpTo }: PendingOptions,
): AsyncGenerator<PendingEntry> {
  for (;;) {
    const event = await reading.next();
    switch (event.kind) {
      case "quiet":
        signals.emit("stream.quiet", { wallMs: clock.wall() });
        break;
      case "gone":
        throw new Halt(
          `the outbox was ${event.what}: what was in it and not yet in the graph is lost. ` +
            "Restore it from a backup, or set up a new outbox and graph",
        );
      case "entry":
        if (walked.gave(event.entry.at, event.time)) break;
        refuseBefore(horizon(), event.entry);
        yield decode(event.entry, event.committed);
        onReadUpTo(event.time);
        break;
    }
  }
}

function refuseBefore(horizon: At, entry: StoredEntry): void {
  if (entry.at >= horizon) return;
  throw new Halt(
    `entry ${entry.id} appeared before the settled horizon, where everything was decided: ` +
      "the clocks of the replica set, or the outbox itself, were put back",
  );
}
