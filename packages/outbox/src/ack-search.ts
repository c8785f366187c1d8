import type { EntryId } from "@outgraph/events";
import type { ClientSession, Timestamp } from "mongodb";
import { type AckDocument, ackOf, acksTouching } from "./ack-document.ts";
import { entryIdOf, uuidOf } from "./entry-uuid.ts";
import { rangeOf } from "./logical-time.ts";
import type { Outbox } from "./open.ts";

/** An entry, and its place in history. */
export interface Placed {
  readonly id: EntryId;
  readonly at: Timestamp;
}

/**
 * The acks that name some of these entries, by entry.
 *
 * The index leads from an entry's own place to the ack that names it, and that ack names the
 * neighbours too: so entries that are applied cost one read for each ack. The first that is not
 * found is where the relay has got to; one more read settles the rest.
 *
 * @param entries in the order of history.
 */
export async function findAcks(
  outbox: Outbox,
  entries: readonly Placed[],
  session: ClientSession,
): Promise<Map<EntryId, AckDocument>> {
  const found = new Map<EntryId, AckDocument>();
  const wanted = new Set(entries.map(({ id }) => id));
  const take = (ack: AckDocument): void => {
    for (const uuid of ack.entries) {
      const id = entryIdOf(uuid);
      if (wanted.has(id)) found.set(id, ack);
    }
  };
  for (const [index, { id, at }] of entries.entries()) {
    if (found.has(id)) continue;
    const ack = await outbox.acks
      .find(ackOf(id, at), { session })
      .sort({ "at.max": 1 })
      .limit(1)
      .next();
    if (ack !== null) {
      take(ack);
      continue;
    }
    const rest = entries.slice(index + 1).filter((entry) => !found.has(entry.id));
    if (rest.length > 0) {
      const range = rangeOf(rest.map((entry) => entry.at));
      const filter = { ...acksTouching(range), entries: { $in: rest.map((r) => uuidOf(r.id)) } };
      for await (const each of outbox.acks.find(filter, { session })) take(each);
    }
    break;
  }
  return found;
}
