import { Command, InvalidArgumentError } from "commander";

export interface Options {
  /** A tenth of everything. */
  readonly quick: boolean;
  /** Where the seeds of the sequences begin, and what the second revision is made from. */
  readonly seed: number;
}

/** How much of everything. */
export interface Extent {
  readonly sequences: number;
  readonly sequenceSecondsMax: number;
  /** Files of the tree that is scanned through kills, and whose facts are counted. */
  readonly files: number;
  /** Files of the tree that both ways scan undisturbed. */
  readonly ratioFiles: number;
  /** Files of the tree that the direct writer scans through kills. */
  readonly directFiles: number;
  /** Which way scans in turn. */
  readonly turns: readonly ("outgraph" | "direct")[];
}

export function extentOf({ quick }: Options): Extent {
  return quick
    ? {
        ...{ sequences: 60, sequenceSecondsMax: 40, files: 120, ratioFiles: 30, directFiles: 20 },
        turns: ["outgraph", "direct"],
      }
    : {
        ...{ sequences: 600, sequenceSecondsMax: 240, files: 730, ratioFiles: 60, directFiles: 40 },
        turns: ["outgraph", "direct", "direct", "outgraph"],
      };
}

/**
 * @param argv what was typed after the command.
 * @throws never: a wrong option, and --help, end the process with what is wanted.
 */
export function readOptions(argv: readonly string[]): Options {
  const typed = new Command("xmem")
    .description(
      "Holds the drop-in clients for XMem to what XMem's own clients write, scans a real source " +
        "tree through kills, and measures both.",
    )
    .option("--quick", "a tenth of everything")
    .option("--seed <n>", "where the seeds begin", wholeNumber, 1)
    .parse(argv[0] === "--" ? argv.slice(1) : argv, { from: "user" }) // `pnpm xmem -- --quick`
    .opts<Partial<Options> & Pick<Options, "seed">>();
  return { quick: false, ...typed };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw new InvalidArgumentError(`a whole number from 0 to ${2 ** 32 - 1} is wanted.`);
}
