import { judge, type Violation } from "../invariants/index.ts";
import {
  type Appender,
  appendByService,
  appendInProcess,
  type Operation,
  plainPlan,
  type Servers,
  vacuous,
  Workload,
} from "../truth/index.ts";
import { NODES, PATIENCE_MS, PROBE, type Stage, type StageOptions, setStage } from "./stage.ts";
import { uriOver } from "./wires.ts";

/** Appends a second of each workload: enough that every wire has something on it, and no backlog. */
const PER_SECOND = 40;

/** How long what is pending may take once all faults are over, in milliseconds. */
const DRAIN_MS = 60_000;

/** A stage with a workload on it, by the library and by the service at once. */
export interface Play extends AsyncDisposable {
  readonly stage: Stage;
  /** Over the wire of the library. */
  readonly library: Workload;
  /** Over the wires of the service. */
  readonly service: Workload;
  /** Past every wire: what it appends says how far the relay is. */
  readonly probe: Workload;
  /** What was appended beside these. */
  readonly told: Operation[];
  /** Everything that was appended so far. */
  readonly history: readonly Operation[];
}

export async function startPlay(
  servers: Servers,
  seed: number,
  options: StageOptions = {},
): Promise<Play> {
  await using made = new AsyncDisposableStack();
  const stage = made.use(await setStage(servers, options));
  const [wire] = stage.wires["writer-mongodb"];
  if (wire === undefined) throw new Error("a stage without a wire for the library");
  const over = uriOver(servers.mongodbUri, wire);
  const appenders: readonly Appender[] = [
    made.use(await appendInProcess({ ...servers, mongodbUri: over })),
    made.use(await appendByService({ ...servers, url: stage.appendUrl })),
    made.use(await appendInProcess(servers)),
  ];
  const [library, service, probe] = appenders.map(
    (appender, i) =>
      new Workload(appender, { nodes: NODES, seed: seed + i, writers: 2, perSecond: PER_SECOND }),
  ) as [Workload, Workload, Workload];
  const told: Operation[] = [];
  const rest = made.move();
  return {
    stage,
    told,
    library,
    service,
    probe,
    get history() {
      return [...told, ...[library, service, probe].flatMap(({ history }) => history)];
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Lets the workloads run while `act` does. @throws what either throws. */
export async function playing<T>({ library, service }: Play, act: () => Promise<T>): Promise<T> {
  for (const workload of [library, service]) workload.start();
  try {
    return await act();
  } finally {
    await Promise.all([library.stop(), service.stop()]);
  }
}

/** Heals every wire. */
export async function heal({ stage }: Play): Promise<void> {
  const wires = Object.values(stage.wires).flat();
  await Promise.all(wires.map((wire) => wire.heal()));
}

/** Whether an entry that is appended now is in the graph before long, and so is everything before it. */
export async function goesOn({ stage, probe }: Play): Promise<boolean> {
  const { watcher } = stage.truth;
  const { entry, outcome } = await probe.append(plainPlan(PROBE));
  if (outcome !== "ok") return false;
  return await watcher.until(() => watcher.lagMs.has(entry), PATIENCE_MS);
}

/** What does not hold of everything played so far, when nobody appends any more. */
export async function judged(play: Play): Promise<{
  readonly violations: readonly Violation[];
  readonly notJudged: readonly string[];
}> {
  const { truth } = play.stage;
  const healing = await truth.drained(DRAIN_MS);
  const { violations, notJudged } = judge(await truth.evidence(play.history, healing));
  const nothing = vacuous([], play.history).map((what) => ({ invariant: "not-vacuous", what }));
  return { violations: [...violations, ...nothing], notJudged };
}
