import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RelayRole } from "@outgraph/events";
import { judge, type Violation } from "../invariants/index.ts";
import { canaryKeys, type Evidence, Truth, vacuous } from "../truth/index.ts";
import { carryOut, type Outcome } from "./carry-out.ts";
import { openGate, shutGate } from "./gates.ts";
import { openGivenServers } from "./given-servers.ts";
import type { Stage } from "./harm.ts";
import type { Options } from "./options.ts";
import { startOwnServers } from "./own-servers.ts";
import { inWords, type Planned } from "./plan.ts";
import { statusOf } from "./roles.ts";
import { startService } from "./service.ts";
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
  /** Logs and evidence; undefined when nothing was kept. */
  readonly folder: string | undefined;
}

/** Few enough that writers meet, many enough that most do not. */
const NODES = 40;

/** How long after the last fault nothing may be pending any more, in milliseconds. */
const DRAIN_MS_MAX = 90_000;

/** How long an entry may take that waits for no gate, in milliseconds: the longest outage, and as much again. */
const LAG_MS_MAX = 90_000;

/** How long entries are still written when all is well again, in milliseconds. */
const AFTERWARDS_MS = 2_000;

/** Runs everything, breaks it by the plan, mends it, and judges. Everything started has ended then. */
export async function run(
  plan: readonly Planned[],
  { seed, given, keep }: Pick<Options, "seed" | "given" | "keep">,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "outgraph-chaos-"));
  let worthKeeping = true; // also when it does not come to an end
  try {
    await using stack = new AsyncDisposableStack();
    const servers = stack.use(
      given === undefined ? await startOwnServers(say) : await openGivenServers(given, keep),
    );
    signal.throwIfAborted();
    const nodes = canaryKeys(NODES);
    const gates = ["gate-1", "gate-2"] as const;
    const [relay1, relay2, append1, append2] = await Promise.all([
      startService("relay", 1, servers, folder),
      startService("relay", 2, servers, folder),
      startService("append", 1, servers, folder),
      startService("append", 2, servers, folder),
    ]);
    for (const service of [append1, append2, relay1, relay2]) stack.use(service);
    const truth = stack.use(await Truth.open(servers, { nodes: [...nodes, ...gates] }));
    const writers = stack.use(await makeWriters(servers, [append1, append2], nodes, seed));
    const stage: Stage = {
      relays: [relay1, relay2],
      appends: [append1, append2],
      own: servers.own,
    };
    say(`running; ${plan.length} faults to come`);

    const gated = await Promise.all(gates.map((gate, i) => shutGate(writers, i, gate)));
    for (const workload of writers.all) workload.start();
    const outcomes = await carryOut(plan, stage, say, signal);
    signal.throwIfAborted();
    say("the last fault is over, everything is whole again");
    await pause(AFTERWARDS_MS, undefined, { signal });
    await Promise.all(writers.all.map((workload) => workload.stop()));
    const drained = await truth.drained(DRAIN_MS_MAX);
    const halted = await haltedOf(stage);
    if (drained.drainedMs !== undefined && halted.length === 0) {
      say(`nothing is pending any more, after ${Math.round(drained.drainedMs)} ms`);
      for (const [i, gate] of gates.entries()) {
        await openGate(gate, i === 0 ? "mended" : "skipped", gated[i] ?? [], stage, truth);
      }
    }
    const healing = drained.drainedMs === undefined ? drained : await truth.drained(DRAIN_MS_MAX);
    const read = await truth.evidence(writers.history, healing);
    const evidence: Evidence = { ...read, blast: blastOf(read, gated.flat(), truth) };
    const verdict = judge(evidence);
    const violations = [...halted, ...deadOf(stage), ...verdict.violations];
    worthKeeping = keep || violations.length > 0;
    if (violations.length > 0) {
      await writeFile(join(folder, "evidence.json"), JSON.stringify(evidence));
    }
    return {
      outcomes,
      violations,
      vacuous: vacuous(
        outcomes.map(({ fault, seen, why }) => ({
          fault: `${inWords(fault).trim()} (${why ?? "as planned"})`,
          fired: seen !== undefined,
        })),
        writers.history,
      ),
      judged: verdict.judged,
      notJudged: verdict.notJudged,
      entries: evidence.ledger.length,
      operations: countOf(writers),
      epochs: new Set(evidence.outbox?.acks.map(({ epoch }) => epoch)).size,
      drainedMs: drained.drainedMs,
      folder: worthKeeping ? folder : undefined,
    };
  } finally {
    if (!worthKeeping) await rm(folder, { recursive: true, force: true });
  }
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
  { watcher: { lagMs } }: Truth,
): NonNullable<Evidence["blast"]> {
  const behindGates = new Set(gated);
  const unrelated = ledger
    .filter(({ id }) => !behindGates.has(id))
    .map(({ id }) => ({ entry: id, lagMs: lagMs.get(id) }));
  return { boundMs: LAG_MS_MAX, unrelated };
}

function countOf({ history }: Writers): Result["operations"] {
  const count = { ok: 0, failed: 0, unknown: 0, raced: 0 };
  for (const { outcome, raced } of history) count[raced === true ? "raced" : outcome] += 1;
  return count;
}
