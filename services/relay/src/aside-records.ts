import type { EntryId } from "@outgraph/events";
import type { CallFailed } from "./call-failed.ts";
import { Halt } from "./ended.ts";
import type { Aside } from "./parking-port.ts";
import type { PendingEntry } from "./pending-entry.ts";

/** Longest texts that are kept of a failure, in characters. */
const ERROR_MAX = 4_000;
const CYPHER_MAX = 8_000;
/** Most entries that a blocked one is said to wait behind. */
const BEHIND_MAX = 20;

/** The record of an entry that cannot be applied, or could not once more. */
export function parkedAs(
  { id, at }: PendingEntry,
  { message, cypher }: CallFailed,
  known: Aside | undefined,
  nowMs: number,
): Aside {
  const again = known?.kind === "parked";
  return {
    id,
    at,
    kind: "parked",
    error: message.slice(0, ERROR_MAX),
    ...(cypher !== undefined && { cypher: cypher.slice(0, CYPHER_MAX) }),
    attempts: (known?.attempts ?? 0) + 1,
    sinceMs: again ? known.sinceMs : nowMs,
    behind: [],
  };
}

/** The record of an entry that conflicts with these. */
export function blockedAs({ id, at }: PendingEntry, behind: Set<EntryId>, nowMs: number): Aside {
  const some = [...behind].slice(0, BEHIND_MAX);
  return { id, at, kind: "blocked", attempts: 0, sinceMs: nowMs, behind: some };
}

/** Why everything stops at an entry that cannot be applied, where nothing may be parked. */
export function poisonHalt(
  { id, entry }: PendingEntry,
  { kind, message, cypher }: CallFailed,
): Halt {
  const what = kind === "too_big" ? "is too much for one transaction" : "cannot be applied";
  const statement = cypher === undefined ? "" : `\nCypher: ${cypher}`;
  return new Halt(
    `entry ${id} of ${entry.source} ${what}: ${message}. ` +
      `Everything before it is in the graph; nothing after it is.${statement}`,
  );
}

/** Why everything stops when an entry that is set aside is not there. */
export function lostEntry({ id, kind }: Aside): Halt {
  return new Halt(
    `entry ${id} is ${kind}, and the outbox does not have it any more: somebody deleted it. Restore ` +
      "it from a backup, or accept its loss by deleting its document in outbox_parked",
  );
}
