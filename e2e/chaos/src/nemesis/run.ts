import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RelayRole } from "@outgraph/events";
import { judge, type Violation } from "../invariants/index.ts";
import { canaryKeys, type Evidence, Truth, unseen, vacuous } from "../truth/index.ts";
import { carryOut, type Outcome } from "./carry-out.ts";
import { openGate, shutGate } from "./gates.ts";
import { openGivenServers } from "./given-servers.ts";
import type { Stage } from "./harm.ts";
import type { Options } from "./options.ts";
import { startOwnServers } from "./own-servers.ts";
import { inWords, type Planned } from "./plan.ts";
import { statusOf } from "./roles.ts";
import { type Service, startService } from "./service.ts";
import { staleOwner } from "./stale-owner.ts";
import { makeWriters, type Writers } from "./writers.ts";

/** What came of a run. */
export interface Result {
  readonly outcomes: readonly Outcome[];
  readonly violations: readonly Violation[];
  /** Why the run proves nothing; empty when it does. */
  readonly vacuous: readonly string[];
  readonly judged: readonly string[];
  readonly notJudged: readonly string[];
  /** Committed entries, each of which was looked for in the graph. */
  readonly entries: number;
  readonly operations: Readonly<Record<"ok" | "failed" | "unknown" | "raced", number>>;
  /** How often the lease changed hands. */
  readonly epochs: number;
  readonly drainedMs: number | undefined;
}

/** What two kinds of entries wait for, all through the run. */
const GATES = ["gate-1", "gate-2"] as const;

/** Few enough that writers meet, many enough that most do not. */
const NODES = 40;

/** How long after the last fault nothing may be pending any more, in milliseconds. */
const DRAIN_MS_MAX = 180_000;

/**
 * How much longer than the longest fault an entry may take that waits for no gate, in milliseconds. How
 * long a fault lasts is not ours to say: a busy machine takes its time to start a killed Neo4j.
 */
const LAG_MS_MAX = 90_000;

/** How long it may take until the first entries are in the graph, in milliseconds. */
const FLOWS_WITHIN_MS = 240_000;

/** How long entries are still written when all is well again, in milliseconds. */
const AFTERWARDS_MS = 2_000;

/**
 * Runs everything, breaks it by the plan, mends it, and judges. Everything started has ended then.
 *
 * @param folder takes the logs, and what was judged when it does not hold.
 */
export async function run(
  plan: readonly Planned[],
  { seed, given, keep }: Pick<Options, "seed" | "given" | "keep">,
  folder: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(
    given === undefined ? await startOwnServers(say) : await openGivenServers(given, keep),
  );
  signal.throwIfAborted();
  const start = async (kind: "relay" | "append", number: number): Promise<Service> =>
    stack.use(await startService(kind, number, servers, folder));
  const stage: Stage = {
    relays: await Promise.all([start("relay", 1), start("relay", 2)]),
    appends: await Promise.all([start("append", 1), start("append", 2)]),
    own: servers.own,
  };
  const nodes = canaryKeys(NODES);
  const truth = stack.use(
    await Truth.open(servers, { nodes: [...nodes, ...GATES], observeEveryMs: 250 }),
  );
  const writers = stack.use(await makeWriters(servers, stage.appends, nodes, seed));

  const gated = await Promise.all(GATES.map((gate, i) => shutGate(writers, i, gate)));
  for (const workload of writers.all) workload.start();
  const flows = () => truth.watcher.aside.length >= GATES.length && truth.watcher.lagMs.size > 0;
  if (!(await truth.watcher.until(flows, FLOWS_WITHIN_MS))) {
    throw new Error(`no entry reached the graph, and nothing is broken yet; see ${folder}`);
  }
  say(`entries flow; ${plan.length} faults to come`);
  const outcomes = await carryOut(plan, stage, say, signal);
  signal.throwIfAborted();
  say("the last fault is over, everything is whole again");
  await pause(AFTERWARDS_MS, undefined, { signal });
  await Promise.all(writers.all.map((workload) => workload.stop()));

  const drained = await truth.drained(DRAIN_MS_MAX);
  const standing = [...(await haltedOf(stage)), ...deadOf(stage)];
  if (drained.drainedMs !== undefined && standing.length === 0) {
    say(`nothing is pending any more, after ${Math.round(drained.drainedMs)} ms`);
    for (const [i, gate] of GATES.entries()) {
      await openGate(gate, i === 0 ? "mended" : "skipped", gated[i] ?? [], stage, truth);
    }
  }
  const healing = drained.drainedMs === undefined ? drained : await truth.drained(DRAIN_MS_MAX);
  const read = await truth.evidence(writers.history, healing);
  const evidence: Evidence = { ...read, blast: blastOf(read, gated.flat(), outcomes, truth) };
  const verdict = judge(evidence);
  const violations = [...standing, ...verdict.violations, ...staleOwner.judge(evidence)];
  if (violations.length > 0) {
    await writeFile(join(folder, "evidence.json"), JSON.stringify(evidence));
  }
  return {
    outcomes,
    violations,
    vacuous: [
      ...vacuous(outcomes.map(struck), writers.history),
      ...unseen(evidence.snapshots ?? []),
    ],
    judged: [...verdict.judged, staleOwner.name],
    notJudged: verdict.notJudged,
    entries: evidence.ledger.length,
    operations: countOf(writers),
    epochs: new Set(evidence.outbox?.acks.map(({ epoch }) => epoch)).size,
    drainedMs: drained.drainedMs,
  };
}

function struck({ fault, seen, why = "as planned" }: Outcome): { fault: string; fired: boolean } {
  return { fault: `${inWords(fault).trim()} (${why})`, fired: seen !== undefined };
}

/** Relays that halted: there is nothing in any plan for which one may. */
async function haltedOf({ relays }: Stage): Promise<Violation[]> {
  const said = await Promise.all(relays.map(statusOf));
  return relays.flatMap(({ name }, i) => {
    const status = said[i];
    if (status?.role !== RelayRole.HALTED) return [];
    return [{ invariant: "goes-on", what: `${name} halted: ${status.haltReason}` }];
  });
}

/** Services that ended by themselves: whoever was killed was started again. */
function deadOf({ relays, appends }: Stage): Violation[] {
  return [...relays, ...appends]
    .filter((service) => !service.process.running)
    .map(({ name, process: ended }) => {
      return { invariant: "goes-on", what: `${name} ended by itself: ${ended.logTail()}` };
    });
}

function blastOf(
  { ledger }: Pick<Evidence, "ledger">,
  gated: readonly string[],
  outcomes: readonly Outcome[],
  { watcher: { lagMs } }: Truth,
): NonNullable<Evidence["blast"]> {
  const behindGates = new Set(gated);
  const unrelated = ledger
    .filter(({ id }) => !behindGates.has(id))
    .map(({ id }) => ({ entry: id, lagMs: lagMs.get(id) }));
  const boundMs = LAG_MS_MAX + Math.max(0, ...outcomes.map(({ tookMs }) => tookMs));
  return { boundMs, unrelated };
}

function countOf({ history }: Writers): Result["operations"] {
  const count = { ok: 0, failed: 0, unknown: 0, raced: 0 };
  for (const { outcome, raced } of history) count[raced === true ? "raced" : outcome] += 1;
  return count;
}
