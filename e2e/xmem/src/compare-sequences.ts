import { startPython } from "./python.ts";
import type { Servers } from "./servers.ts";

/** What random sequences of calls came to. */
export interface SequencesCompared {
  readonly sequences: number;
  readonly calls: number;
  readonly seconds: number;
  /** The seeds that gave another graph, documents or answers, and what differed. */
  readonly different: readonly { readonly seed: number; readonly differences: readonly string[] }[];
}

export interface SequenceOptions {
  readonly firstSeed: number;
  /** At most so many, beside those whose seeds were kept. */
  readonly sequences: number;
  /** No sequence begins after that, counted from the end of the first, which meets cold servers. */
  readonly secondsMax: number;
}

/** The most calls in a sequence. */
const CALLS_MAX = 40;

/**
 * Plays random sequences of calls through the reference, each into an empty graph, then through
 * Outgraph's clients, and compares graphs, documents and answers. Needs a relay.
 */
export async function compareSequences(
  servers: Servers,
  env: Readonly<Record<string, string>>,
  { firstSeed, sequences, secondsMax }: SequenceOptions,
): Promise<SequencesCompared> {
  const job = {
    ...{ servers, first_seed: firstSeed, sequences },
    ...{ calls_max: CALLS_MAX, seconds_max: secondsMax },
  };
  await using program = await startPython("sequences.main", [JSON.stringify(job)], env);
  const last = await program.ended();
  const ended = last["ended"] as Pick<SequencesCompared, "sequences" | "calls" | "seconds">;
  const different = (await program.told()).filter((message) => "seed" in message);
  return { ...ended, different: different as unknown as SequencesCompared["different"] };
}
