import { type EntryId, entryIdTime } from "@outgraph/events";
import type { ClientSession } from "mongodb";
import { findAcks, type Placed } from "./ack-search.ts";
import { deriveState, type EntryProgress } from "./derive-state.ts";
import { entryIdOf, uuidOf } from "./entry-uuid.ts";
import { compareAt } from "./logical-time.ts";
import type { PurgeDocument, ReapplyingDocument } from "./meta-document.ts";
import { META_ID } from "./names.ts";
import type { Outbox } from "./open.ts";
import type { ParkedDocument } from "./parked-document.ts";

/** As `EntryProgress`, and `unseen` for what is not there but may yet come. */
export type KnownProgress = EntryProgress | { readonly state: "unseen" };

/**
 * Reads how far each of these entries has come.
 *
 * @param session causally consistent: the reads are in this order for a reason. An entry is deleted
 *   after the horizon was raised, and a parked document after the ack was written. So what is missing
 *   from one read is told by a later one.
 */
export async function readProgress(
  outbox: Outbox,
  ids: readonly EntryId[],
  session: ClientSession,
): Promise<Map<EntryId, KnownProgress>> {
  const asked = { _id: { $in: ids.map(uuidOf) } };
  const stored = await outbox.entries
    .find(asked, { session, projection: { at: 1 } })
    .map(({ _id, at }): Placed => ({ id: entryIdOf(_id), at }))
    .toArray();
  const parked = new Map<EntryId, ParkedDocument>();
  for await (const each of outbox.parked.find(asked, { session })) {
    parked.set(entryIdOf(each._id), each);
  }
  const inOrder = stored.toSorted((a, b) => compareAt(a.at, b.at));
  const acks = await findAcks(outbox, inOrder, session);
  const reapplying = acks.size > 0 ? await readReapplying(outbox, session) : undefined;
  const missing = stored.length < new Set(ids).size;
  const horizon = missing ? await purgeHorizon(outbox, session) : 0;

  const here = new Set(stored.map(({ id }) => id));
  const known = new Map<EntryId, KnownProgress>();
  for (const id of ids) {
    if (here.has(id)) {
      const evidence = { ack: acks.get(id), parked: parked.get(id), reapplying };
      known.set(id, deriveState({ stored: true, ...evidence }));
    } else known.set(id, { state: entryIdTime(id) <= horizon ? "not_found" : "unseen" });
  }
  return known;
}

/** Why an entry is parked, blocked or skipped, for people; empty for every other state. */
export function progressReason(progress: KnownProgress): string {
  switch (progress.state) {
    case "parked":
    case "skipped":
      return progress.reason;
    case "blocked":
      return `waits behind ${progress.behind.join(", ")}`;
    case "pending":
    case "applied":
    case "not_found":
    case "unseen":
      return "";
  }
}

/** Bookmarks of all that is applied, each once. */
export function bookmarksIn(all: Iterable<KnownProgress>): string[] {
  const bookmarks = new Set<string>();
  for (const progress of all) {
    if (progress.state === "applied" && progress.bookmark !== undefined) {
      bookmarks.add(progress.bookmark);
    }
  }
  return [...bookmarks];
}

/** Whether the graph is behind the acks, and how far. */
export async function readReapplying(
  outbox: Outbox,
  session: ClientSession,
): Promise<ReapplyingDocument | undefined> {
  const found = await outbox.meta.findOne({ _id: META_ID.reapplying }, { session });
  return found === null ? undefined : (found as ReapplyingDocument);
}

async function purgeHorizon(outbox: Outbox, session: ClientSession): Promise<number> {
  const found = await outbox.meta.findOne({ _id: META_ID.purge }, { session });
  return found === null ? Number.NEGATIVE_INFINITY : (found as PurgeDocument).horizon.getTime();
}
