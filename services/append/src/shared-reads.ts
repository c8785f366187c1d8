import type { EntryId } from "@outgraph/events";
import { Lane } from "./lane.ts";
import type { EntryStates, KnownProgress } from "./ports.ts";

type Known = ReadonlyMap<EntryId, KnownProgress>;

/** How many readings are under way at a time, and of how many entries, and for how many. */
const READS = { widthMax: 2, idsMax: 1_000, askersMax: 1_000 };

interface Asker {
  readonly ids: readonly EntryId[];
  readonly resolve: (known: Known) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads how far entries have come, for many askers at once: those who came while readings were under
 * way share the next. Each reading begins after its askers asked.
 */
export class SharedReads {
  readonly #lane: Lane<Asker>;

  constructor(states: Pick<EntryStates, "progress">) {
    this.#lane = new Lane({
      widthMax: READS.widthMax,
      together: { countMax: READS.askersMax, bytesMax: READS.idsMax },
      bytesOf: ({ ids }) => ids.length,
      dropped: () => false,
      run: async (askers) => {
        try {
          const known = await states.progress([...new Set(askers.flatMap(({ ids }) => ids))]);
          for (const { resolve } of askers) resolve(known);
        } catch (error) {
          for (const { reject } of askers) reject(error);
        }
      },
    });
  }

  /** What is known of these entries, and maybe of others. @throws what the store threw. */
  progress(ids: readonly EntryId[]): Promise<Known> {
    return new Promise((resolve, reject) => this.#lane.add([{ ids, resolve, reject }]));
  }
}
