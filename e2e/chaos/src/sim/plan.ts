import type { CallFault, CallPlan } from "./faults.ts";
import type { Random } from "./random.ts";

/** Something that happens at a time, to whomever it meets then. */
export interface Act {
  readonly atMs: number;
  readonly does:
    | "kill the owner"
    | "kill every relay"
    | "pause the owner"
    | "mongodb away"
    | "neo4j away"
    | "cut the owner from mongodb"
    | "cut the owner from neo4j"
    | "restore neo4j"
    | "poison";
  /** How long it goes on; 0 for what is over at once. */
  readonly forMs: number;
}

/** Everything that a seed decides beforehand. */
export interface RunPlan {
  readonly relays: number;
  readonly writers: number;
  readonly services: number;
  readonly leaseTtlMs: number;
  readonly batchRowsMax: number;
  /** Undefined: as long as people keep it. */
  readonly retentionMs: number | undefined;
  /** The longest pause of a client between two operations. */
  readonly restMs: number;
  readonly calls: readonly CallPlan[];
  readonly acts: readonly Act[];
  /** Whether MongoDB is put back at the end, which must halt. */
  readonly restoresMongo: boolean;
}

type Catalogue = readonly (readonly [call: string, faults: readonly CallFault[]])[];

const CRASHES = ["crash_before", "crash_during", "crash_after"] as const;
const ASKED = ["refused", "reply_lost", "slow", ...CRASHES] as const;

/** Calls that an owner makes as long as there is work. */
const RUNNING: Catalogue = [
  ["graph.begin.batch", ["refused", "reply_lost", "aborted", "timed_out", "slow", ...CRASHES]],
  ["graph.run.batch", ["refused", "reply_lost", "aborted", "timed_out", "slow", ...CRASHES]],
  ["graph.commit.batch", ["refused", "reply_lost", "late", "slow", "aborted", ...CRASHES]],
  ["graph.commit.batch", ["reply_lost", "late", "crash_during", "crash_after"]],
  ["outbox.writeAcks", [...ASKED, "late", "aborted"]],
  ["outbox.writeAcks", ["refused", "late", "aborted", "crash_before"]],
  ["stream.next", ["refused"]],
  ["outbox.renewLease", [...ASKED, "late"]],
];

/** Calls of a start: an owner is killed for them. */
const STARTING: Catalogue = [
  ["outbox.open", ASKED],
  ["outbox.takeLease", [...ASKED, "late"]],
  ["graph.begin.fence", ["refused", "reply_lost", "aborted", "slow", ...CRASHES]],
  ["graph.run.fence", ["refused", "reply_lost", "aborted", "slow", ...CRASHES]],
  ["graph.commit.fence", ["refused", "reply_lost", "late", "slow", ...CRASHES]],
  ["outbox.newestAck", ASKED],
  ["outbox.acksOf", ASKED],
  ["outbox.positionsOf", ASKED],
  ["outbox.settledHorizon", ASKED],
  ["outbox.read", ASKED],
  ["reading.walk", ["refused", "slow", ...CRASHES]],
  ["parking.asideAfter", ASKED],
  ["graph.begin.schema", ["refused", "reply_lost", "slow", ...CRASHES]],
];

/** Calls for an entry that cannot be applied: one is appended for them. */
const PARKING: Catalogue = [
  ["parking.setAside", ASKED],
  ["parking.skip", ASKED],
  ["parking.forget", ASKED],
];

const PURGING: Catalogue = [
  ["purging.oldAcks", ASKED],
  ["purging.raisePurgeHorizon", ASKED],
  ["purging.purge", ASKED],
];

/** Calls of whoever writes. */
const WRITING: Catalogue = [
  ["mongo.find", ["refused", "aborted", "slow", ...CRASHES]],
  ["mongo.update", ["refused", "reply_lost", "aborted", "slow", ...CRASHES]],
  ["mongo.insert", ["refused", "reply_lost", "aborted", "slow", ...CRASHES]],
  ["mongo.commit", ["refused", "reply_lost", "late", "slow", "aborted", "timed_out", ...CRASHES]],
  ["mongo.commit", ["reply_lost", "late", "timed_out"]],
];

/** Plans a run. @param lengthMs about how long its clients are at work. */
export function planOf(random: Random): RunPlan {
  const restMs = random.pick([20, 80, 250]);
  const clients = random.int(2, 4);
  const services = random.chance(0.4) ? 1 : 0;
  const lengthMs = 1_000 + (restMs * 100) / clients;
  const retentionMs = random.chance(0.35) ? random.int(500, 4_000) : undefined;
  const calls: CallPlan[] = [];
  const acts: Act[] = [];
  const time = (): number => 300 + random.next() * lengthMs;
  const plan = (catalogue: Catalogue, machine: string, fromMs = time()): number => {
    const [call, faults] = random.pick(catalogue);
    calls.push({ call, fault: random.pick(faults), fromMs, machine });
    return fromMs;
  };
  const act = (does: Act["does"], forMs = 0, atMs = time()): void => {
    acts.push({ does, atMs, forMs });
  };
  const kinds: (() => void)[] = [
    () => plan(RUNNING, "relay"),
    () => plan(RUNNING, "relay"),
    () => plan(RUNNING, "relay"),
    () => plan(WRITING, "writer"),
    () => plan(WRITING, services > 0 ? "service" : "writer"),
    () => act("kill the owner", 0, plan(STARTING, "relay")),
    () => act("kill the owner", 0, plan(STARTING, "relay")),
    () => act("poison", 0, plan(PARKING, "relay")),
    () => act("pause the owner", random.next() * 15_000),
    () => act(random.pick(["kill the owner", "kill every relay"])),
    () => act(random.pick(["mongodb away", "neo4j away"]), random.next() * 3_000),
    () =>
      act(
        random.pick(["cut the owner from mongodb", "cut the owner from neo4j"]),
        random.next() * 12_000,
      ),
  ];
  if (retentionMs !== undefined) kinds.push(() => plan(PURGING, "relay"));
  if (retentionMs === undefined) kinds.push(() => act("restore neo4j"));
  for (let left = random.int(3, 8); left > 0; left--) random.pick(kinds)();
  // Three faults at the least.
  for (let left = 3 - calls.length - acts.length; left > 0; left--) plan(RUNNING, "relay");
  return {
    relays: random.int(1, 2),
    writers: clients,
    services,
    leaseTtlMs: random.int(1_000, 8_000),
    batchRowsMax: random.pick([4, 10, 40, 200]),
    retentionMs,
    restMs,
    calls: calls.sort((a, b) => a.fromMs - b.fromMs),
    acts: acts.sort((a, b) => a.atMs - b.atMs),
    restoresMongo: random.chance(0.06),
  };
}
