import { type Patience, persist } from "./persist.ts";
import type { OutboxPort } from "./ports.ts";
import type { Undecided } from "./undecided.ts";
import { UnreadCount } from "./unread-count.ts";

/** How often the backlog is said, in milliseconds: the append service lets so much more in. */
const PUBLISH_EVERY_MS = 1_000;

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
  const count = new UnreadCount(
    (after, limit) => persist("backlog", () => outbox.countAfter(after, limit), patience),
    patience.clock,
  );
  for (;;) {
    undecided.countUnread(await count.look(undecided.reader));
    const { backlog } = undecided;
    if (backlog.entries > 0 || !saidEmpty) {
      await persist("backlog", () => outbox.publishBacklog(backlog), patience);
      saidEmpty = backlog.entries === 0;
    }
    await patience.clock.sleep(PUBLISH_EVERY_MS, patience.signal);
    if (patience.signal.aborted) return;
  }
}
