import type { Operation, Snapshot } from "./evidence.ts";

/** A fault that a run was to have. */
export interface Planned {
  readonly fault: string;
  readonly fired: boolean;
}

/** Why a run proves nothing, whatever the graph says; empty when it proves something. */
export function vacuous(
  planned: readonly Planned[],
  history: readonly Pick<Operation, "outcome" | "raced">[],
): readonly string[] {
  const missing = planned
    .filter(({ fired }) => !fired)
    .map(({ fault }) => `${fault} did not happen`);
  const counted = history.filter(({ raced }) => raced !== true);
  const ok = counted.filter(({ outcome }) => outcome === "ok").length;
  if (ok * 2 >= counted.length && ok > 0) return missing;
  return [...missing, `only ${ok} of ${counted.length} operations were ok`];
}

/** Fewer looks show little of what was there meanwhile. */
const BATCHES_SEEN_MIN = 5;

/** Why what an observer saw proves nothing; empty when it proves something. */
export function unseen(snapshots: readonly Pick<Snapshot, "batch">[]): readonly string[] {
  const batches = new Set(snapshots.map(({ batch }) => batch)).size;
  return batches >= BATCHES_SEEN_MIN ? [] : [`the graph was seen after ${batches} batches alone`];
}
