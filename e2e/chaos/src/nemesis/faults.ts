/** What is done to somebody. `partition` cuts or stops a wire; `lose` drops replies on it. */
export type FaultKind = "kill" | "pause" | "partition" | "step-down" | "lose" | "slow" | "skew";

/** Who is harmed. A role is taken by whoever has it when the fault strikes. */
export type Target =
  | "relay-owner"
  | "relay-standby"
  | "append-1"
  | "append-2"
  | "neo4j"
  | "mongodb"
  | "mongodb-primary"
  | "mongodb-secondary";

/** Faults of one realm never strike at the same time; those of different realms may. */
export type Realm = "relays" | "appends" | "neo4j" | "mongodb";

/** One kind of harm to one target. */
export interface FaultType {
  readonly kind: FaultKind;
  readonly target: Target;
  /** The other end of the wire, for what is done to a wire. */
  readonly from?: "mongodb" | "neo4j" | "callers" | "others";
  readonly realm: Realm;
  /** How long it lasts at least and at most, in milliseconds. */
  readonly forMs: readonly [min: number, max: number];
  /** How long the realm needs afterwards until it is as before, in milliseconds. */
  readonly afterMs: number;
  /** It harms nothing but processes and connections of our own. */
  readonly safe: boolean;
}

/**
 * How long a lease lasts in these runs, in milliseconds. A pause is longer, so that a zombie wakes; most
 * else is shorter. A transaction may take three quarters of it, which a Neo4j that was just started
 * needs on a busy machine.
 */
export const LEASE_MS = 8_000;

/** Everything that is done. A plan deals each of them before it deals one again. */
export const FAULT_TYPES: readonly FaultType[] = [
  ...harm("kill", "relays", ["relay-owner", "relay-standby"], [300, 3_000], 1_500),
  ...harm("kill", "appends", ["append-1", "append-2"], [300, 3_000], 1_500),
  ...harm("kill", "neo4j", ["neo4j"], [300, 2_000], 15_000),
  ...harm("kill", "mongodb", ["mongodb-primary", "mongodb-secondary"], [1_000, 5_000], 5_000),
  ...harm("pause", "relays", ["relay-owner"], [LEASE_MS + 1_500, LEASE_MS + 3_000], 1_500),
  ...harm("pause", "appends", ["append-1"], [2_000, 8_000], 1_000),
  ...harm("pause", "neo4j", ["neo4j"], [2_000, 8_000], 2_000),
  // Longer than an election takes, so that a primary wakes that is none any more.
  ...harm("pause", "mongodb", ["mongodb-primary"], [4_000, 8_000], 3_000),
  ...wire("partition", "relays", "relay-owner", "mongodb", [1_000, LEASE_MS + 2_000]),
  ...wire("partition", "relays", "relay-owner", "neo4j", [1_000, LEASE_MS + 2_000]),
  ...wire("partition", "appends", "append-2", "mongodb", [1_000, 6_000]),
  ...wire("partition", "mongodb", "mongodb-primary", "others", [3_000, 8_000]),
  ...wire("partition", "mongodb", "mongodb-secondary", "others", [2_000, 6_000]),
  ...harm("step-down", "mongodb", ["mongodb-primary"], [0, 0], 5_000),
  ...wire("lose", "relays", "relay-owner", "neo4j", [1_000, 4_000]),
  ...wire("lose", "relays", "relay-owner", "mongodb", [1_000, 4_000]),
  ...wire("lose", "appends", "append-1", "mongodb", [1_000, 4_000]),
  ...wire("lose", "appends", "append-2", "callers", [1_000, 4_000]),
  ...wire("slow", "neo4j", "neo4j", "others", [2_000, 6_000]),
  ...wire("slow", "mongodb", "mongodb", "others", [2_000, 6_000]),
  // Long enough that an owner whose clock is slow goes on beside the one that took over.
  ...harm("skew", "relays", ["relay-owner"], [1.6 * LEASE_MS, 2.2 * LEASE_MS], 1_500),
  ...harm("skew", "appends", ["append-2"], [3_000, 8_000], 1_500),
];

function harm(
  kind: FaultKind,
  realm: Realm,
  targets: readonly Target[],
  forMs: readonly [number, number],
  afterMs: number,
): FaultType[] {
  const safe = realm === "relays" || realm === "appends";
  return targets.map((target) => ({ kind, target, realm, forMs, afterMs, safe }));
}

function wire(
  kind: FaultKind,
  realm: Realm,
  target: Target,
  from: NonNullable<FaultType["from"]>,
  forMs: readonly [number, number],
): FaultType[] {
  // What is slow is our own wire; the wire between members is the servers' own.
  const safe = kind === "slow" || realm === "relays" || realm === "appends";
  return [{ kind, target, from, realm, forMs, afterMs: 2_000, safe }];
}
