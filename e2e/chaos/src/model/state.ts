import { type Entries, NONE } from "./entries.ts";
import type { Bounds } from "./scopes.ts";

/** What MongoDB stores. */
export interface Outbox {
  readonly entries: Entries;
  /** What the ack of batch n names stands at n − 1; NONE where there is no ack, or none any more. */
  readonly acks: readonly Entries[];
  readonly skipped: Entries;
  readonly parked: Entries;
  readonly blocked: Entries;
  /** The epoch of the lease. Its holder is the relay of that epoch, if there is one. */
  readonly lease: number;
  /** The newest epoch that said how a start went. */
  readonly said: number;
  /** Entries numbered below it may be gone: an append of one that is not known is refused. */
  readonly horizon: number;
}

/** What Neo4j stores. */
export interface Graph {
  readonly epoch: number;
  readonly batch: number;
  /** What the newest batches applied, the newest first. */
  readonly ring: readonly Entries[];
  /** Every entry whose effect is in the graph. An effect that would come twice is a violation at once. */
  readonly applied: Entries;
}

/** A transaction on its way to Neo4j. It runs, and commits, when it gets there, if it ever does. */
export interface Flight {
  readonly epoch: number;
  readonly batch: number;
  readonly entries: Entries;
  /** It has read the lane and not yet written: only where it does so without the lane's lock. */
  readonly checked: boolean;
}

export const PHASES = [
  "down",
  "leased",
  "fenced",
  "acking",
  "reapplying",
  "reading",
  "on",
  "halted",
] as const;
export type Phase = (typeof PHASES)[number];

export const FAILURES = ["none", "passing", "poison", "refused"] as const;
export type Failure = (typeof FAILURES)[number];

/** What a relay's process holds in memory. */
export interface Relay {
  readonly phase: Phase;
  readonly epoch: number;
  /** The last batch that it knows in the graph. */
  readonly last: number;
  /** The ring that its fence read, newest first. */
  readonly ring: readonly Entries[];
  /** The last batch to apply again. */
  readonly to: number;
  /** Acks not confirmed yet, oldest first: of the batches up to `last`. */
  readonly queue: readonly Entries[];
  /** Entries that it took, or found decided. */
  readonly seen: Entries;
  /** What it knows to be set aside. */
  readonly parked: Entries;
  readonly blocked: Entries;
  /** The batch under way, in the parts that it is cut into. */
  readonly parts: readonly Entries[];
  readonly flight: Flight | undefined;
  /** Its last try failed, and the journal has not been asked yet. */
  readonly failure: Failure;
  /** A try of the next batch is without an answer, and may still run. */
  readonly doubt: boolean;
  /** To be taken out of what is set aside. */
  readonly out: Entries;
  /** The batch to purge, 0 if none; whether the horizon is raised; whether the graph was put back since the look. */
  readonly purging: number;
  readonly raised: boolean;
  readonly moved: boolean;
}

/** Everything. Plain data, never changed. */
export interface State {
  readonly outbox: Outbox;
  readonly graph: Graph;
  readonly relays: readonly Relay[];
  /** Transactions that nobody waits for any more. */
  readonly flights: readonly Flight[];
  /** Acks that a dead relay had sent, oldest first; the first is of batch `lateFrom`. */
  readonly late: readonly Entries[];
  readonly lateFrom: number;
  /** Entries that cannot be applied for now. */
  readonly bad: Entries;
  /** Every entry that was ever appended, and those that went with a MongoDB that was put back. */
  readonly appended: Entries;
  readonly lost: Entries;
  readonly outboxBackup: Outbox | undefined;
  readonly graphBackup: Graph | undefined;
  readonly left: Bounds;
  /** What promise is broken; empty while all hold. */
  readonly wrong: string;
}

const EMPTY_GRAPH: Graph = { epoch: 0, batch: 0, ring: [], applied: NONE };

const EMPTY_OUTBOX: Outbox = {
  entries: NONE,
  acks: [],
  skipped: NONE,
  parked: NONE,
  blocked: NONE,
  lease: 0,
  said: 0,
  horizon: 0,
};

/** A relay's process that has nothing but its life. */
export const DOWN: Relay = {
  phase: "down",
  epoch: 0,
  last: 0,
  ring: [],
  to: 0,
  queue: [],
  seen: NONE,
  parked: NONE,
  blocked: NONE,
  parts: [],
  flight: undefined,
  failure: "none",
  doubt: false,
  out: NONE,
  purging: 0,
  raised: false,
  moved: false,
};

/** Nothing has happened. */
export function initial(relays: number, bad: Entries, bounds: Bounds): State {
  return {
    outbox: EMPTY_OUTBOX,
    graph: EMPTY_GRAPH,
    relays: Array.from({ length: relays }, () => DOWN),
    flights: [],
    late: [],
    lateFrom: 0,
    bad,
    appended: NONE,
    lost: NONE,
    outboxBackup: undefined,
    graphBackup: bounds.graphRestores > 0 ? EMPTY_GRAPH : undefined,
    left: bounds,
    wrong: "",
  };
}
