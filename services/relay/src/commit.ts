import type { EntryId } from "@outgraph/events";
import { CallFailed } from "./call-failed.ts";
import { HistoryMoved, SteppedDown } from "./ended.ts";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort, PlannedBatch } from "./ports.ts";
import { verdict } from "./verdict.ts";

/** What a batch's number stands for in the graph now. */
export interface Applied {
  /** In the order of the journal: exactly the batch, or what an earlier cut of it applied. */
  readonly entries: readonly EntryId[];
  readonly bookmark: string | undefined;
  /** True when it was the journal that told, not the reply. */
  readonly found: boolean;
}

/**
 * Commits a batch, once in effect, however often it has to be tried: after every failure the journal
 * says, under the lane's lock, whether that try or an earlier one had happened.
 *
 * @param onUnanswered told of every try whose outcome is known from the journal alone. Where that says
 *   that it was not applied, it may still be on its way, and win as long as nothing else has its number.
 * @throws CallFailed when nothing of it was applied and trying again would not help.
 * @throws SteppedDown when another relay owns the lane.
 * @throws Halt when the journal is where this relay cannot have brought it.
 * @throws Interrupted when the term is over; the outcome may then be unknown, and the next start
 *   finds it in the ring.
 */
export function commit(
  graph: GraphPort,
  batch: PlannedBatch,
  patience: Patience,
  onUnanswered: () => void = () => {},
): Promise<Applied> {
  return persist(
    "commit",
    async () => {
      try {
        const { bookmark } = await graph.commit(batch);
        return { entries: batch.entries, bookmark, found: false };
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        if (error.kind === "transient") onUnanswered();
        return await lookUp(graph, batch, error, patience);
      }
    },
    patience,
  );
}

/** What became of a try that failed. @throws the failure itself when nothing was applied. */
async function lookUp(
  graph: GraphPort,
  batch: PlannedBatch,
  failure: CallFailed,
  patience: Patience,
): Promise<Applied> {
  const journal = await persist("journal", () => graph.readJournal(), patience);
  const said = verdict(journal, batch);
  switch (said.kind) {
    case "committed":
      return { entries: said.entries, bookmark: undefined, found: true };
    case "not_applied":
      throw failure;
    case "fenced":
      throw new SteppedDown(`another relay owns the lane under epoch ${said.epoch}`);
    case "history_moved":
      throw new HistoryMoved(said.why, { cause: failure });
  }
}
