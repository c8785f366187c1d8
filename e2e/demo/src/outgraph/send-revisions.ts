import type { OutgraphClient } from "@outgraph/client";
import type { RevisionOf } from "../codebase/revisions.ts";
import type { Kills } from "../kills.ts";
import type { Lag } from "../lag.ts";
import { inParallel } from "../pool.ts";
import type { Screen } from "../screen/screen.ts";
import { counted } from "../screen/units.ts";
import { appendOf, type Run } from "./append-of.ts";

/**
 * How many appends are under way at once: eight, and fewer where there are few, so that some are still
 * to come when the point of a kill is reached.
 */
function inFlight(changes: number): number {
  return Math.min(8, Math.max(1, Math.floor(changes / 8)));
}

export interface Sender {
  readonly client: OutgraphClient;
  readonly run: Run;
  readonly kills: Kills;
  readonly lag: Lag;
  readonly screen: Screen;
}

/**
 * Sends every change of every revision as one append each, while things are killed. Resolves when all
 * are committed, and returns their entry ids.
 *
 * A revision begins when all of the one before is committed: the graph takes its entries in that
 * order, however far behind it is.
 */
export async function sendRevisions(
  { client, run, kills, lag, screen }: Sender,
  revisions: readonly RevisionOf[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const [at, { changes }] of revisions.entries()) {
    const phase = screen.phase(`revision ${at + 1}`);
    const before = ids.length;
    await inParallel(changes, inFlight(changes.length), async (change) => {
      const { entryId } = await client.append(appendOf(run, at + 1, change));
      lag.appended(entryId);
      ids.push(entryId);
      phase.progress(ids.length - before, changes.length, "files appended");
      await kills.reached(ids.length);
    });
    phase.done(`${counted(changes.length, "file")} appended`);
  }
  return ids;
}
