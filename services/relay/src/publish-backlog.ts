import { type Patience, persist } from "./persist.ts";
import type { OutboxPort } from "./ports.ts";
import type { Undecided } from "./undecided.ts";

/** How often the backlog is said, in milliseconds: the append service lets so much more in. */
const PUBLISH_EVERY_MS = 1_000;

/** How much longer than counting took to wait after it, so that it takes a tenth of a core at most. */
const COUNT_REST = 10;

/**
 * Says in the outbox how much waits, about once a second while anything does and once when nothing does any
 * more, until the signal aborts. Entries that were not read yet are counted for it.
 */
export async function publishBacklog(
  outbox: OutboxPort,
  undecided: Undecided,
  patience: Patience,
): Promise<void> {
  // What the owner before said last may be anything.
  let saidEmpty = false;
  for (;;) {
    const until = undecided.readUntil;
    const began = patience.clock.now();
    const unread =
      until === undefined ? 0 : await persist("backlog", () => outbox.countAfter(until), patience);
    const rest = (patience.clock.now() - began) * COUNT_REST;
    undecided.countUnread(unread);
    const { backlog } = undecided;
    if (backlog.entries > 0 || !saidEmpty) {
      await persist("backlog", () => outbox.publishBacklog(backlog), patience);
      saidEmpty = backlog.entries === 0;
    }
    await patience.clock.sleep(Math.max(PUBLISH_EVERY_MS, rest), patience.signal);
    if (patience.signal.aborted) return;
  }
}
