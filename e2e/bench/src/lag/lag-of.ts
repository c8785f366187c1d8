import type { EntryDocument } from "@outgraph/outbox";
import type { Measured, Stage } from "../benchmark.ts";
import type { Dataset } from "../data/dataset.ts";
import { expectedGraph } from "../data/expected-graph.ts";
import { cpuMeter, serverProcesses } from "../relay/cpu-meter.ts";
import { type RelayStage, relayStage } from "../relay/relay-stage.ts";
import { appendAtOnce, appendOnSchedule, documentsOf } from "./appending.ts";
import type { Carrier } from "./carrier.ts";
import { type Seen, startObserver } from "./observer.ts";
import { quantile } from "./quantile.ts";
import { symbols } from "./workload.ts";

/** So many callers fill the outbox where it is asked how much can be carried. */
const CALLERS = 64;

/** What a run is about. */
export interface Carried {
  /** Starts what carries, over an outbox and a graph of its own. */
  readonly carrier: (stage: RelayStage, earlier: readonly EntryDocument[]) => Promise<Carrier>;
  /** So many entries the outbox and the graph are to have before; the carrier sees to that. */
  readonly earlier?: number;
  /**
   * How long the process is warmed up at the rate of the run, in milliseconds; that does not count.
   * Default as long as the run.
   */
  readonly warmUpMs?: number;
  /** Asked when the measured time begins; what it gives is asked when all is seen. It may throw. */
  readonly during?: (
    stage: RelayStage,
    earlier: readonly EntryDocument[],
  ) => Promise<(appended: number) => Promise<Notes>>;
}

type Notes = Readonly<Record<string, number>>;

/**
 * How long after its commit was acknowledged an entry is visible in the graph, at a rate; over a new
 * database and a new process. Its value is the median, in milliseconds; its notes have the rest.
 *
 * @param rate entries a second.
 */
export async function lagOf(stage: Stage, rate: number, carried: Carried): Promise<Measured> {
  const warmUp = Math.round((rate * (carried.warmUpMs ?? stage.runMs)) / 1_000);
  const entries = Math.round((rate * stage.runMs) / 1_000);
  await using run = await begun(stage, warmUp + entries, carried);
  const { relays, documents } = run;

  let told: ReturnType<NonNullable<Carried["during"]>> | undefined;
  let used: ReturnType<typeof cpuMeter> | undefined;
  const acknowledged = await appendOnSchedule(relays.relay.db, documents, rate, (sent) => {
    if (sent !== warmUp) return;
    told = carried.during?.(relays, run.earlier);
    used = run.meter();
  });
  const { visible, periodMsP50, periodMsP99 } = await run.seen();
  const cost = used?.(entries) ?? {};
  const further = (await (await told)?.(entries)) ?? {};
  await relays.graph.mustBe(expectedGraph(run.dataset));

  const lags = visible.map((at, index) => at - (acknowledged[index] ?? 0)).slice(warmUp);
  lags.sort();
  return {
    value: quantile(lags, 0.5),
    unit: "ms at the median",
    notes: {
      p99Ms: quantile(lags, 0.99),
      maxMs: quantile(lags, 1),
      entriesPerSecond: rate,
      looksMsP50: periodMsP50,
      looksMsP99: periodMsP99,
      ...further,
      ...cost,
    },
  };
}

/**
 * How many entries a second become visible when they are appended as fast as they are taken, looked
 * at as in every other run. It is tried twice, since servers and plans are new at first.
 */
export async function capacityOf(stage: Stage, carried: Carried): Promise<number> {
  const entries = Math.round(20_000 * stage.scale);
  await rateOf(stage, entries, carried);
  return await rateOf(stage, entries, carried);
}

async function rateOf(stage: Stage, entries: number, carried: Carried): Promise<number> {
  await using run = await begun(stage, entries, carried);
  const began = performance.now();
  await appendAtOnce(run.relays.relay.db, run.documents, CALLERS);
  await run.seen();
  const seconds = (performance.now() - began) / 1_000;
  await run.relays.graph.mustBe(expectedGraph(run.dataset));
  return entries / seconds;
}

interface Begun extends AsyncDisposable {
  readonly relays: RelayStage;
  readonly dataset: Dataset;
  /** Those that are to be appended. */
  readonly documents: readonly EntryDocument[];
  readonly earlier: readonly EntryDocument[];
  meter(): ReturnType<typeof cpuMeter>;
  seen(): Promise<Seen>;
}

async function begun(
  stage: Stage,
  count: number,
  { carrier: start, earlier = 0 }: Carried,
): Promise<Begun> {
  await using stack = new AsyncDisposableStack();
  const [mongo, neo4j] = await Promise.all([stage.mongo(), stage.neo4j()]);
  const relays = stack.use(await relayStage(stage));
  const dataset = symbols(earlier + count);
  const documents = documentsOf(dataset);
  const carrier = stack.use(await start(relays, documents.slice(0, earlier)));
  const { uri, auth } = neo4j;
  const observer = stack.use(await startObserver({ uri, auth, from: earlier, count }));
  const processes = { ...serverProcesses(mongo, neo4j), carrier: carrier.pid };
  const moved = stack.move();
  return {
    relays,
    dataset,
    documents: documents.slice(earlier),
    earlier: documents.slice(0, earlier),
    meter: () => cpuMeter(processes),
    async seen() {
      try {
        return await observer.done;
      } catch (cause) {
        throw new Error(`entries are missing in the graph; ${carrier.log()}`, { cause });
      }
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
