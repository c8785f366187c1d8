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

/** A relay that drains a backlog ÷ a loop of the same statements without any bookkeeping. */
export const drain: Benchmark = {
  name: "drain",
  about: "a relay draining a backlog ÷ a raw UNWIND … MERGE loop of the same rows",
  open: (stage) =>
    opened(stage, async (relays) => {
      const copies = Math.max(1, Math.round(12 * stage.scale));
      return [
        drained(relays, "drain", await codeGraph(copies), foldedChunks, { atLeast: 0.9 }),
        ...ADVERSARIAL.map((make) => {
          const dataset = make(stage.scale);
          return drained(relays, `drain.${dataset.name}`, dataset, foldedChunks, undefined);
        }),
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

function drained(
  { graph, relay, meter }: RelayStage,
  name: string,
  dataset: Dataset,
  chunksOf: typeof foldedChunks,
  bar: Bar | undefined,
): Comparison {
  const [changes, entries] = [changesOf(dataset), dataset.entries.length];
  const expected = expectedGraph(dataset);
  const measured = async (work: () => Promise<number>): Promise<Measured> => {
    await graph.empty();
    const used = meter();
    const seconds = await work();
    const notes = used(entries);
    await graph.mustBe(expected);
    return { value: changes / seconds, unit: "changes/s", notes };
  };
  const raw = (chunks: readonly Chunk[]) => measured(() => rawLoop(graph.driver, chunks));
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
    arm: () => measured(() => relay.drain(entriesOf(dataset))),
    async base(): Promise<Measured> {
      fastest ??= await best();
      return await raw(fastest);
    },
  };
}
