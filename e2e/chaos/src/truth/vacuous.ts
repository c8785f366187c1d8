import type { Operation } from "./evidence.ts";

/** A fault that a run was to have. */
export interface Planned {
  readonly fault: string;
  readonly fired: boolean;
}

/** Why a run proves nothing, whatever the graph says; empty when it proves something. */
export function vacuous(
  planned: readonly Planned[],
  history: readonly Pick<Operation, "outcome">[],
): readonly string[] {
  const missing = planned
    .filter(({ fired }) => !fired)
    .map(({ fault }) => `${fault} did not happen`);
  const ok = history.filter(({ outcome }) => outcome === "ok").length;
  if (ok * 2 >= history.length && ok > 0) return missing;
  return [...missing, `only ${ok} of ${history.length} operations were ok`];
}
