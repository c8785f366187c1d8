import { judge, type Violation } from "../invariants/index.ts";
import { vacuous } from "../truth/vacuous.ts";
import { Actor } from "./actor.ts";
import { evidenceOf, sweepViolations } from "./evidence-of.ts";
import { heal } from "./heal.ts";
import { mongoRestoreViolations } from "./mongo-restore.ts";
import { snapshotOf } from "./observer.ts";
import { planOf, type RunPlan } from "./plan.ts";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { Trace } from "./trace.ts";
import { withVirtualGlobals } from "./virtual-globals.ts";
import { World } from "./world.ts";

/** How long a run may take, in virtual milliseconds: far longer than any does. */
const LIMIT_MS = 1_800_000;

/** What came of a seed. */
export interface SimRun {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** The faults that happened, and how often. */
  readonly fired: ReadonlyMap<string, number>;
  readonly operations: number;
  readonly entries: number;
  readonly batches: number;
  /** How long it was in virtual time. */
  readonly virtualMs: number;
  readonly steps: number;
  /** The same whenever the run was the same. */
  readonly trace: string;
  readonly lines: readonly string[] | undefined;
}

export interface SimOptions {
  /** Least number of operations that its clients do. */
  readonly operations: number;
  /** Whether the trace is kept as lines. Default false. */
  readonly keepTrace?: boolean;
}

/** Runs a seed: everything in it is decided by it. */
export async function simulate(seed: number, options: SimOptions): Promise<SimRun> {
  const random = new Random(seed);
  const scheduler = new Scheduler();
  const trace = new Trace(options.keepTrace ?? false);
  const plan = planOf(random.fork());
  trace.say(0, JSON.stringify(plan));
  return await withVirtualGlobals(scheduler, random.fork(), async () => {
    const world = new World(plan, scheduler, random.fork(), trace);
    let violations: Violation[] | undefined;
    let failed: { readonly error: unknown } | undefined;
    run(world, plan, options.operations).then(
      (found) => {
        violations = found;
      },
      (error: unknown) => {
        failed = { error };
      },
    );
    const over = (): boolean => violations !== undefined || failed !== undefined;
    await scheduler.run(over, LIMIT_MS);
    if (failed !== undefined) {
      const { error } = failed;
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      violations = [{ invariant: "simulation", what }];
    }
    violations ??= [{ invariant: "simulation", what: `nothing came of it until ${scheduler.now}` }];
    return {
      seed,
      violations,
      fired: world.environment.faults.fired,
      operations: world.clients.attempts,
      entries: world.changes.filter(({ kind }) => kind === "appended").length,
      batches: world.changes.filter(({ kind }) => kind === "acked").length,
      virtualMs: scheduler.now,
      steps: scheduler.steps,
      trace: trace.hash,
      lines: trace.lines,
    };
  });
}

async function run(world: World, plan: RunPlan, operations: number): Promise<Violation[]> {
  const snapshots: NonNullable<ReturnType<typeof snapshotOf>>[] = [];
  world.graph.onCommit = () => {
    const snapshot = snapshotOf(world.graph);
    if (snapshot !== undefined) snapshots.push(snapshot);
  };
  const actor = new Actor(world, plan, () => snapshots.splice(0));
  world.relays.start(plan.relays);
  await Promise.all([world.clients.work(operations), actor.act()]);
  const healing = await heal(world, actor);
  await world.relays.stop();

  const evidence = { ...evidenceOf(world), snapshots, healing };
  const { violations, notJudged } = judge(evidence);
  const unfired = world.environment.faults.waiting;
  const planned = unfired.map(({ fault, call }) => ({ fault: `${fault} ${call}`, fired: false }));
  const fired = [...world.environment.faults.fired.values()].reduce((sum, n) => sum + n, 0);
  const few = fired < 3 ? [`only ${fired} faults happened`] : [];
  const empty = [...vacuous(planned, evidence.history ?? []), ...few];
  return [
    ...violations,
    ...sweepViolations(world, evidence.ledger),
    ...world.relays.halts.map((what) => ({ invariant: "halt", what })),
    ...empty.map((what) => ({ invariant: "not-vacuous", what })),
    ...notJudged
      .filter((name) => name !== "blast-radius")
      .map((name) => ({ invariant: "not-vacuous", what: `${name} was not judged` })),
    ...(plan.restoresMongo ? await mongoRestoreViolations(world, actor) : []),
  ];
}
