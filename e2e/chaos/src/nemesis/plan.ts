import { FAULT_TYPES, type FaultType } from "./faults.ts";
import { type Random, randomOf } from "./random.ts";

/** A fault of the plan. */
export type Planned = FaultType & {
  /** Its place in the plan, from 1. */
  readonly number: number;
  /** When it strikes, in milliseconds after the start. */
  readonly atMs: number;
  /** How long it lasts, in milliseconds. */
  readonly lastsMs: number;
  /** A partition: connections are reset and refused, or stay open and carry nothing. */
  readonly how: "cut" | "hole";
  /** What is slow: by so many milliseconds each piece, in either direction. */
  readonly delayMs: number;
  /** What is skewed: how fast the monotonic clock runs, and by how much the time of day is off. */
  readonly rate: number;
  readonly offsetMs: number;
};

export interface PlanOptions {
  readonly seed: number;
  /** How long faults strike, in milliseconds; the last one is over by then. */
  readonly forMs: number;
  /** Nothing but what harms processes and connections of our own. */
  readonly safeOnly: boolean;
}

/** Longest and shortest time from one fault to the next, in milliseconds. */
const GAP_MS = [3_000, 7_500] as const;

/** What runs that long see of entries before anything is broken, in milliseconds. */
const FIRST_AT_MS = 3_000;

/**
 * When which fault strikes: the same for the same options, always.
 *
 * Faults of different realms overlap, those of one realm do not. Every type is dealt before one is dealt
 * again.
 */
export function planOf({ seed, forMs, safeOnly }: PlanOptions): readonly Planned[] {
  const random = randomOf(seed);
  const types = FAULT_TYPES.filter(({ safe }) => safe || !safeOnly);
  const freeAt = new Map<string, number>();
  const plan: Planned[] = [];
  let deck: FaultType[] = [];
  for (let atMs = FIRST_AT_MS; atMs < forMs; atMs += random.between(...GAP_MS)) {
    if (deck.length === 0) deck = random.shuffled(types);
    const at = deck.findIndex(({ realm }) => (freeAt.get(realm) ?? 0) <= atMs);
    const type = deck[at];
    if (type === undefined) continue; // every realm that is left in the deck is still at it
    deck.splice(at, 1);
    const fault = detailed(type, plan.length + 1, atMs, random);
    if (atMs + fault.lastsMs > forMs) continue;
    freeAt.set(type.realm, atMs + fault.lastsMs + type.afterMs);
    plan.push(fault);
  }
  return plan;
}

function detailed(type: FaultType, number: number, atMs: number, random: Random): Planned {
  return {
    ...type,
    number,
    atMs,
    lastsMs: random.between(...type.forMs),
    how: random.pick(["cut", "hole"]),
    delayMs: random.between(20, 120),
    rate: random.pick([0.1, 0.1, 0.25, 4]),
    offsetMs: random.pick([-1_200_000, -90_000, 90_000, 1_200_000]),
  };
}

/** One fault as a line: " 12.3 s  partition  relay-owner from mongodb, a hole, for 4.1 s". */
export function inWords(fault: Planned): string {
  const at = `${seconds(fault.atMs).padStart(7)}  ${fault.kind.padEnd(9)}`;
  const between = fault.from === undefined ? "" : ` from ${fault.from}`;
  const lasts = fault.lastsMs === 0 ? "" : `, for ${seconds(fault.lastsMs)}`;
  return `${at}  ${fault.target}${between}${detailOf(fault)}${lasts}`;
}

function detailOf({ kind, how, delayMs, rate, offsetMs }: Planned): string {
  switch (kind) {
    case "partition":
      return how === "cut" ? ", cut" : ", silent";
    case "slow":
      return `, by ${delayMs} ms`;
    case "skew":
      return `, clock ${rate} times as fast, time of day ${offsetMs / 1_000} s off`;
    case "kill":
    case "pause":
    case "step-down":
    case "lose":
      return "";
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
