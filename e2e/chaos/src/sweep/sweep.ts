import type { Violation } from "../invariants/index.ts";
import type { Servers } from "../truth/index.ts";
import type { Point } from "./points.ts";
import { type Run, runPoint } from "./run-point.ts";

/** One run that did not hold, or proved nothing. */
export interface Failed {
  readonly run: Run;
  readonly violations: readonly Violation[];
  /** Why it proves nothing; its moment did not come, say. */
  readonly error?: unknown;
  readonly database?: string;
}

/** Runs of every point, at each of its first occurrences; the first occurrences of all come first. */
export function runsOf(points: readonly Point[], occurrences: number): readonly Run[] {
  const nths = Array.from({ length: occurrences }, (_, i) => i + 1);
  // The seed goes with the point's name, so that one point alone runs as it does among all.
  return nths.flatMap((nth) =>
    points.map((point) => ({ point, nth, seed: seedOf(point.name) + nth })),
  );
}

/** Does the runs one after another, since they share one graph. @param say told of each. */
export async function sweep(
  servers: Omit<Servers, "database">,
  runs: readonly Run[],
  say: (text: string) => void,
): Promise<readonly Failed[]> {
  const failed: Failed[] = [];
  for (const [i, run] of runs.entries()) {
    const name = `[${i + 1}/${runs.length}] ${run.point.name} #${run.nth}`;
    try {
      const { violations, database, entries, seconds, notJudged } = await runPoint(servers, run);
      const took = `${seconds.toFixed(1)} s, ${entries} entries`;
      if (violations.length > 0) failed.push({ run, violations, database });
      const held = violations.length === 0 ? "held" : `VIOLATED ${violations.length}`;
      say(`${name}: ${held} (${took}; not judged: ${notJudged.join(", ")})`);
    } catch (error) {
      failed.push({ run, violations: [], error });
      say(`${name}: FAILED, ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}

function seedOf(name: string): number {
  let seed = 7;
  for (const letter of name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  return Math.abs(seed);
}
