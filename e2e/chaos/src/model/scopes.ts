import type { Entries } from "./entries.ts";

/** How much may still go wrong, or be done by people. Everything else may happen as often as it can. */
export interface Bounds {
  /** A relay's process dies. What it had sent may arrive later all the same. */
  readonly crashes: number;
  /** Neo4j does not answer: the transaction has run, runs later, or never. */
  readonly silences: number;
  /** A lease is taken while its holder lives: it was paused, or cut off. */
  readonly steals: number;
  /** A person mends, retries or skips. */
  readonly people: number;
  /** An append is sent again, though it had committed. */
  readonly repeats: number;
  readonly graphBackups: number;
  /** Neo4j is put back to its backup, or emptied where there is none. */
  readonly graphRestores: number;
  readonly outboxBackups: number;
  readonly outboxRestores: number;
}

/** A world small enough to be explored as a whole. */
export interface Scope {
  readonly name: string;
  /** What it is about. */
  readonly about: string;
  readonly relays: number;
  /** How many entries are appended, in order, whenever it pleases. */
  readonly entries: number;
  /** Most entries of one batch. */
  readonly batchMax: number;
  /** How many batches the journal remembers. */
  readonly ring: number;
  /** Pairs of entries that conflict, by number. */
  readonly conflicts: readonly (readonly [number, number])[];
  /** Entries that cannot be applied until a person mends them. */
  readonly bad: Entries;
  readonly purges: boolean;
  readonly bounds: Bounds;
}

const NO_FAULTS: Bounds = {
  crashes: 0,
  silences: 0,
  steals: 0,
  people: 0,
  repeats: 0,
  graphBackups: 0,
  graphRestores: 0,
  outboxBackups: 0,
  outboxRestores: 0,
};

const PLAIN = {
  relays: 2,
  entries: 3,
  batchMax: 2,
  ring: 2,
  conflicts: [
    [0, 1],
    [1, 2],
    [0, 2],
  ],
  bad: 0,
  purges: false,
} as const;

/** The worlds that `pnpm model` explores. */
export const SCOPES: readonly Scope[] = [
  {
    ...PLAIN,
    name: "take-over",
    about: "two relays that die, are paused and get no answers",
    bounds: { ...NO_FAULTS, crashes: 1, silences: 1, steals: 1 },
  },
  {
    ...PLAIN,
    name: "ring",
    about: "more batches than the journal remembers, and acks that come late",
    entries: 4,
    batchMax: 1,
    bounds: { ...NO_FAULTS, crashes: 1, silences: 1, steals: 1 },
  },
  {
    ...PLAIN,
    name: "parked",
    about: "an entry that cannot be applied, one that conflicts with it, one that does not",
    conflicts: [[0, 1]],
    bad: 0b001,
    bounds: { ...NO_FAULTS, silences: 1, steals: 1, people: 2 },
  },
  {
    ...PLAIN,
    name: "purge",
    about: "a purge that is cut short, and appends that are sent again",
    ring: 1,
    batchMax: 1,
    purges: true,
    bounds: { ...NO_FAULTS, crashes: 1, silences: 1, steals: 1, repeats: 1 },
  },
  {
    ...PLAIN,
    name: "Neo4j put back",
    about: "a Neo4j that was restored to an older state or emptied, under a running relay or not",
    purges: true,
    ring: 1,
    entries: 2,
    bounds: { ...NO_FAULTS, crashes: 1, steals: 1, graphBackups: 1, graphRestores: 1 },
  },
  {
    ...PLAIN,
    name: "MongoDB put back",
    about: "a MongoDB that was restored to an older state",
    relays: 1,
    bounds: { ...NO_FAULTS, crashes: 1, silences: 1, outboxBackups: 1, outboxRestores: 1 },
  },
];

/** The same with two entries and no process that dies: seconds for all of them together. */
export function small(scope: Scope): Scope {
  const { bounds, conflicts } = scope;
  return {
    ...scope,
    entries: 2,
    conflicts: conflicts.filter((pair) => pair.every((entry) => entry < 2)),
    bounds: { ...bounds, crashes: 0, people: Math.min(bounds.people, 1) },
  };
}
