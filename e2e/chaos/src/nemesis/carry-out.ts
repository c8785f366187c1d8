import { setTimeout as pause } from "node:timers/promises";
import { type Harm, harm, type Stage } from "./harm.ts";
import { inWords, type Planned } from "./plan.ts";

/** What became of a fault of the plan. */
export interface Outcome {
  readonly fault: Planned;
  /** Who it hit; "" when it could not strike. */
  readonly whom: string;
  /** From when it struck until it was undone, in milliseconds. */
  readonly tookMs: number;
  /** What was seen of it; undefined when it did not strike, with the reason in `why`. */
  readonly seen: string | undefined;
  readonly why?: string;
}

/**
 * Lets the faults of a plan strike, each at its time, and undoes each. Resolves when all are over, or
 * the signal aborts.
 *
 * A fault whose predecessor in its realm took longer than planned strikes late, and none is left out.
 */
export async function carryOut(
  plan: readonly Planned[],
  stage: Stage,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const startedAt = performance.now();
  const realms = new Map<string, Promise<unknown>>();
  const outcomes = plan.map(async (fault) => {
    const before = realms.get(fault.realm) ?? Promise.resolve();
    const after = Promise.withResolvers<void>();
    realms.set(fault.realm, after.promise);
    try {
      await pause(Math.max(0, fault.atMs - (performance.now() - startedAt)), undefined, { signal });
      await before;
      signal.throwIfAborted();
      const outcome = await strike(fault, stage, signal);
      say(told(outcome, performance.now() - startedAt));
      return outcome;
    } finally {
      after.resolve();
    }
  });
  await Promise.allSettled(outcomes); // also when one fails: nothing may be left broken
  return await Promise.all(outcomes);
}

/**
 * How often a fault that hit nothing strikes at most: who had the role may have lost it meanwhile, or a
 * server that is away by another fault may have left nothing to hit.
 */
const STRIKES_MAX = 3;

async function strike(fault: Planned, stage: Stage, signal: AbortSignal): Promise<Outcome> {
  for (let strikes = 1; ; strikes++) {
    const outcome = await strikeOnce(fault, stage, signal);
    if (outcome.why !== NOTHING || strikes === STRIKES_MAX || signal.aborted) return outcome;
  }
}

const NOTHING = "nothing was hit";

async function strikeOnce(fault: Planned, stage: Stage, signal: AbortSignal): Promise<Outcome> {
  let done: Harm | undefined;
  const beganAt = performance.now();
  const took = (): number => performance.now() - beganAt;
  try {
    done = await harm(fault, stage);
    await pause(fault.lastsMs, undefined, { signal }).catch(() => {}); // undone early, then
    const seen = await done.undo();
    const why = seen === undefined ? { why: NOTHING } : {};
    return { fault, whom: done.whom, tookMs: took(), seen, ...why };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { fault, whom: done?.whom ?? "", tookMs: took(), seen: undefined, why };
  }
}

function told({ fault, whom, seen, why }: Outcome, nowMs: number): string {
  const until = `${(nowMs / 1_000).toFixed(1)} s`;
  return `${inWords(fault)}: ${whom || "nobody"}: ${seen ?? `DID NOT STRIKE: ${why}`} (over at ${until})`;
}
