import { Interrupted } from "./ended.ts";
import { judgeJournal } from "./judge-journal.ts";
import type { BatchNumber, Epoch } from "./lane.ts";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort } from "./ports.ts";

/** How often an idle relay looks, in milliseconds. */
const LOOK_EVERY_MS = 15_000;

/** What is looked at. */
export interface Watching {
  readonly graph: Pick<GraphPort, "readJournal">;
  readonly epoch: Epoch;
  /** The newest batch whose ack is confirmed. */
  readonly confirmed: () => BatchNumber;
  /** Whether commits or acks are under way: a commit notices by itself, and acks must land first. */
  readonly busy: () => boolean;
}

/**
 * Looks now and then, until the signal aborts, whether the graph was put back while nothing is to be
 * committed: else an idle relay would let everybody believe in acks that the graph lacks.
 *
 * @throws HistoryMoved when it was.
 * @throws SteppedDown when another relay owns the lane.
 */
export async function watchHistory(
  { graph, epoch, confirmed, busy }: Watching,
  patience: Patience,
): Promise<void> {
  const { clock, signal } = patience;
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    if (busy()) continue;
    const acked = confirmed(); // before the look: what is acked was committed
    const journal = await unlessInterrupted(
      persist("journal", () => graph.readJournal(), patience),
    );
    if (journal === "interrupted") return;
    judgeJournal(journal, { epoch, acked });
  }
}

// The order to stop is no fault: acks are still written after it.
async function unlessInterrupted<T>(answer: Promise<T>): Promise<T | "interrupted"> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Interrupted) return "interrupted";
    throw error;
  }
}
