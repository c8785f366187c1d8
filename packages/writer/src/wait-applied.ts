import { setTimeout as delay } from "node:timers/promises";
import { type EntryId, isEntryId, WAIT_IDS_MAX } from "@outgraph/events";
import { classifyMongo } from "@outgraph/failure";
import {
  bookmarksIn,
  type EntryProgress,
  type KnownProgress,
  type Outbox,
  progressReason,
  readProgress,
} from "@outgraph/outbox";

/** How far one entry has come. */
export interface Progress {
  readonly id: EntryId;
  /** An end, unless it is `pending`. */
  readonly state: EntryProgress["state"];
  /** Why it is parked, blocked or skipped. */
  readonly reason?: string;
  /** When the relay acknowledged it, or a person had it skipped. */
  readonly ackedAt?: Date;
}

/** How far entries have come. */
export interface Waited {
  /** In the order of the call. */
  readonly entries: readonly Progress[];
  /** Neo4j bookmarks: a session that is given them sees what was applied. */
  readonly bookmarks: readonly string[];
}

/** How long a wait goes on. */
export interface WaitOptions {
  /** In milliseconds: 0, for one look, to 3 600 000; default 30 000. */
  readonly timeoutMs?: number;
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS_DEFAULT = 30_000;
const TIMEOUT_MS_MAX = 3_600_000;

/**
 * The pauses between two looks, in milliseconds: they double from one to the other. A change stream
 * would read the whole oplog for each process that waits.
 */
const PAUSE_MS = { first: 10, most: 500 };

/**
 * Looks again and again until every entry is decided, or the time is up. A look that fails for what
 * may pass is repeated; its time counts.
 *
 * @throws RangeError for an id that is none, too many ids, or a time out of range.
 * @throws what the driver threw, when MongoDB could not be asked.
 */
export async function waitApplied(
  outbox: Outbox,
  ids: readonly string[],
  { timeoutMs = TIMEOUT_MS_DEFAULT, signal }: WaitOptions,
): Promise<Waited> {
  const asked = checkedIds(ids);
  if (!(timeoutMs >= 0 && timeoutMs <= TIMEOUT_MS_MAX)) {
    throw new RangeError(`timeoutMs must be 0 to ${TIMEOUT_MS_MAX}, not ${timeoutMs}`);
  }
  const until = performance.now() + timeoutMs;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(PAUSE_MS.most, 2 * pauseMs)) {
    signal?.throwIfAborted();
    const last = performance.now() >= until;
    try {
      const known = await lookAt(outbox, asked);
      if (last || asked.every((id) => isDecided(known.get(id)))) return waited(asked, known);
    } catch (error) {
      if (last || classifyMongo(error).kind !== "transient") throw error;
    }
    const jittered = (pauseMs * (1 + Math.random())) / 2;
    await pause(Math.min(jittered, Math.max(0, until - performance.now())), signal);
  }
}

async function lookAt(
  outbox: Outbox,
  ids: readonly EntryId[],
): Promise<ReadonlyMap<EntryId, KnownProgress>> {
  return await outbox.db.client.withSession({ causalConsistency: true }, (session) =>
    readProgress(outbox, ids, session),
  );
}

function checkedIds(ids: readonly string[]): EntryId[] {
  if (ids.length > WAIT_IDS_MAX) {
    throw new RangeError(`at most ${WAIT_IDS_MAX} ids are waited for, not ${ids.length}`);
  }
  return ids.map((id) => {
    const known = id.toLowerCase();
    if (!isEntryId(known)) throw new RangeError(`${JSON.stringify(id)} is no entry id`);
    return known;
  });
}

/** What was not seen may yet come: its transaction may be about to commit. */
function isDecided(progress: KnownProgress | undefined): boolean {
  return progress?.state !== "pending" && progress?.state !== "unseen";
}

function waited(ids: readonly EntryId[], known: ReadonlyMap<EntryId, KnownProgress>): Waited {
  return {
    entries: ids.map((id) => progressOf(id, known.get(id) ?? { state: "unseen" })),
    bookmarks: bookmarksIn(known.values()),
  };
}

function progressOf(id: EntryId, progress: KnownProgress): Progress {
  const reason = progressReason(progress);
  return {
    id,
    // What was not seen in time is, as far as anybody knows, not there.
    state: progress.state === "unseen" ? "not_found" : progress.state,
    ...(reason !== "" && { reason }),
    ...("ackedAt" in progress && { ackedAt: progress.ackedAt }),
  };
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
