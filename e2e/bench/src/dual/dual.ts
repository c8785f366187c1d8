import { RelayRole } from "@outgraph/events";
import type { Benchmark, Comparison, Measured, Stage } from "../benchmark.ts";
import { callers } from "../callers.ts";
import { appended, applied } from "./append-work.ts";
import { type DualStage, dualStage } from "./dual-stage.ts";
import { warmUp } from "./warm-up.ts";
import { oneFile, oneSymbol, type Work } from "./work.ts";
import { writeTwice } from "./write-twice.ts";

/** What is written, and by whom. */
interface Load {
  readonly name: string;
  readonly atLeast: number;
  readonly work: (n: number) => Work;
  readonly callers: number;
  /** How many appends each caller hands over at once. */
  readonly together: number;
}

const LOADS: readonly Load[] = [
  { name: "dual.one", atLeast: 1.2, work: oneSymbol, callers: 1, together: 1 },
  { name: "dual.file", atLeast: 4, work: oneFile, callers: 1, together: 1 },
  { name: "dual.callers", atLeast: 4, work: oneSymbol, callers: 16, together: 1 },
  { name: "dual.many", atLeast: 25, work: oneSymbol, callers: 1, together: 100 },
];

/** What each arm's own run that does not count would not be enough for. */
const WARM_UP_STATEMENTS = 12_000;

/** From the first append until everything is in the graph ÷ MongoDB, then Neo4j, each awaited. */
export const dual: Benchmark = {
  name: "dual",
  about: "entries/s from append to visible in the graph ÷ awaiting MongoDB, then Neo4j",

  async open(stage) {
    await using stack = new AsyncDisposableStack();
    const both = stack.use(await dualStage(stage));
    const statements = WARM_UP_STATEMENTS * stage.scale;
    stage.say(`${statements} statements of each arm to warm up`);
    await warmUp(both, statements);
    const moved = stack.move();
    return {
      comparisons: LOADS.map((load) => compared(both, stage, load)),
      [Symbol.asyncDispose]: () => moved.disposeAsync(),
    };
  },
};

function compared(both: DualStage, { runMs }: Stage, load: Load): Comparison {
  const { client, relays } = both;
  const { graph, relay } = relays;

  /** Every caller takes the next work, again and again. @returns what each of them did last. */
  const written = async <T>(write: (works: Work[]) => Promise<T>) => {
    let next = 0;
    const lasts = await Promise.all(
      Array.from({ length: load.callers }, async () => {
        let last: T | undefined;
        await callers(1, runMs, async () => {
          last = await write(Array.from({ length: load.together }, () => load.work(next++)));
        });
        return last;
      }),
    );
    return { entries: next, lasts: lasts.filter((last) => last !== undefined) };
  };

  const measured = async (write: () => Promise<{ entries: number }>): Promise<Measured> => {
    await both.empty();
    const used = both.meter();
    const began = performance.now();
    const { entries } = await write();
    const seconds = (performance.now() - began) / 1_000;
    const notes = used(entries);
    await both.mustHold(Array.from({ length: entries }, (_, n) => load.work(n)));
    return { value: entries / seconds, unit: "entries/s", notes };
  };

  return {
    name: load.name,
    bar: { atLeast: load.atLeast },
    async arm() {
      await relay.until(RelayRole.ACTIVE);
      return await measured(async () => {
        const { entries, lasts } = await written((works) => appended(client, works));
        // Each caller awaited its appends one after another, so what it appended before is earlier in
        // history, and in the graph when the last is.
        await applied(client, lasts.flat());
        return { entries };
      });
    },
    base: () =>
      measured(() =>
        both.withoutOutgraph(() =>
          written(async (works) => {
            for (const work of works) await writeTwice(relay.db, graph.driver, work);
          }),
        ),
      ),
  };
}
