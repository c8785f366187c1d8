import { ablatedBy, NOTHING, OF_DRAINING } from "../ablation/ablations.ts";
import type { Bar, Benchmark, Comparison, Measured, Stage } from "../benchmark.ts";
import { ADVERSARIAL } from "../data/adversarial.ts";
import { codeGraph } from "../data/code-graph.ts";
import { changesOf, type Dataset, entriesOf } from "../data/dataset.ts";
import { expectedGraph } from "../data/expected-graph.ts";
import { memory } from "../data/memory.ts";
import { type Chunk, foldedChunks, rawLoop, unfoldedChunks } from "./raw-loop.ts";
import { type RelayStage, relayStage } from "./relay-stage.ts";

/** How many rows a transaction of the raw loop has: the fastest of these is what the relay is held to. */
const ROWS = [1_000, 3_000, 10_000] as const;

/** A relay that was just started is slower for so many. */
const WARM_UP_DRAINS = 2;

/** A relay that drains a backlog ÷ a loop of the same statements without any bookkeeping. */
export const drain: Benchmark = {
  name: "drain",
  about: "a relay draining a backlog ÷ a raw UNWIND … MERGE loop of the same rows",
  open: (stage) =>
    opened(stage, async (relays) => {
      const copies = Math.max(1, Math.round(12 * stage.scale));
      const code = await codeGraph(copies);
      return [
        drained(relays, "drain", code, foldedChunks, { atLeast: 0.9 }),
        ...ADVERSARIAL.map((make) => {
          const dataset = make(stage.scale);
          return drained(relays, `drain.${dataset.name}`, dataset, foldedChunks, undefined);
        }),
        ...OF_DRAINING.map(({ name }) => withAndWithout(relays, name, code)),
      ];
    }),
};

/** The same of changes to few things, against a loop that writes each of them. */
export const coalesce: Benchmark = {
  name: "coalesce",
  about: "a relay draining changes to few things ÷ a raw loop with a row for each of them",
  open: (stage) =>
    opened(stage, async (relays) => {
      const dataset = memory(60_000 * stage.scale, 1);
      return [drained(relays, "coalesce", dataset, unfoldedChunks, { atLeast: 1.8 })];
    }),
};

async function opened(
  stage: Stage,
  comparisons: (relays: RelayStage) => Promise<readonly Comparison[]>,
): Promise<AsyncDisposable & { readonly comparisons: readonly Comparison[] }> {
  await using stack = new AsyncDisposableStack();
  const relays = stack.use(await relayStage(stage));
  await relays.relay.start();
  const made = await comparisons(relays);
  const moved = stack.move();
  return { comparisons: made, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** The relay ÷ the relay without an optimisation, each a new process that has drained as much before. */
function withAndWithout(relays: RelayStage, ablation: string, dataset: Dataset): Comparison {
  const runBy = async (name: string): Promise<Measured> => {
    await relays.relay.start(ablatedBy(name));
    for (let drains = 0; drains < WARM_UP_DRAINS; drains++) await drainedOnce(relays, dataset);
    return await drainedOnce(relays, dataset);
  };
  return {
    name: `drain.ablation.${ablation}`,
    bar: { atLeast: 1.05 },
    blocksMax: 2,
    arm: () => runBy(NOTHING),
    base: () => runBy(ablation),
  };
}

function drainedOnce(relays: RelayStage, dataset: Dataset): Promise<Measured> {
  return measured(relays, dataset, () => relays.relay.drain(entriesOf(dataset)));
}

/** What work takes that has to make the graph of a dataset. @param work says how many seconds it took. */
async function measured(
  { graph, meter }: RelayStage,
  dataset: Dataset,
  work: () => Promise<number>,
): Promise<Measured> {
  await graph.empty();
  const used = meter();
  const seconds = await work();
  const notes = used(dataset.entries.length);
  await graph.mustBe(expectedGraph(dataset));
  return { value: changesOf(dataset) / seconds, unit: "changes/s", notes };
}

function drained(
  relays: RelayStage,
  name: string,
  dataset: Dataset,
  chunksOf: typeof foldedChunks,
  bar: Bar | undefined,
): Comparison {
  const raw = (chunks: readonly Chunk[]) =>
    measured(relays, dataset, () => rawLoop(relays.graph.driver, chunks));
  let fastest: readonly Chunk[] | undefined;
  const best = async (): Promise<readonly Chunk[]> => {
    const tried: { chunks: readonly Chunk[]; value: number }[] = [];
    for (const rows of ROWS) {
      const chunks = chunksOf(entriesOf(dataset), rows);
      await raw(chunks); // its plans are new to Neo4j
      tried.push({ chunks, value: (await raw(chunks)).value });
    }
    tried.sort((a, b) => b.value - a.value);
    return tried[0]?.chunks ?? [];
  };
  return {
    name,
    bar,
    arm: () => drainedOnce(relays, dataset),
    async base(): Promise<Measured> {
      fastest ??= await best();
      return await raw(fastest);
    },
  };
}
