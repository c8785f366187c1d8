import type { CallFailed } from "./call-failed.ts";
import { Halt } from "./ended.ts";
import type { PendingEntry } from "./pending-entry.ts";

/**
 * What happens to the single entry that cannot be applied: nothing goes on without a person.
 *
 * @throws Halt naming entry, error and Cypher.
 */
export async function giveUp(
  { id, entry }: PendingEntry,
  { kind, message, cypher }: CallFailed,
): Promise<void> {
  const what = kind === "too_big" ? "is too much for one transaction" : "cannot be applied";
  const statement = cypher === undefined ? "" : `\nCypher: ${cypher}`;
  throw new Halt(
    `entry ${id} of ${entry.source} ${what}: ${message}. ` +
      `Everything before it is in the graph; nothing after it is.${statement}`,
  );
}
