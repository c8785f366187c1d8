import { basename, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";

export interface Options {
  /** The folder to read; default the sources of RxJS. */
  readonly path?: string;
  /** Write MongoDB, then Neo4j, without Outgraph. */
  readonly dualWrite: boolean;
  /** Leave everything running until Ctrl-C. */
  readonly keep: boolean;
  /** How often the relay (or the program that writes twice) is killed; Neo4j is killed once more. */
  readonly kills: number;
  /** What the second revision is made from. */
  readonly seed: number;
}

/**
 * @param argv what was typed after the command.
 * @throws never: a wrong option, and --help, end the process with what is wanted.
 */
export function readOptions(argv: readonly string[]): Options {
  const typed = new Command("demo")
    .description(
      "Carries a codebase into MongoDB and Neo4j, one append for each file, while the relay and " +
        "Neo4j are killed; then compares the graph with the documents, property by property.",
    )
    .option(
      "--path <folder>",
      "a folder of TypeScript, JavaScript or Python; default: RxJS",
      folder,
    )
    .option("--dual-write", "the same work and kills, but writing MongoDB, then Neo4j")
    .option("--keep", "leave everything running, and print the addresses, until Ctrl-C")
    .option("--kills <n>", "how often the relay is killed, 0 to 20", wholeNumber(0, 20), 3)
    .option("--seed <n>", "what the second revision is made from", wholeNumber(0, 2 ** 32 - 1), 1)
    .parse(argv[0] === "--" ? argv.slice(1) : argv, { from: "user" }) // `pnpm demo -- --keep`
    .opts<Partial<Options> & Pick<Options, "kills" | "seed">>();
  return { dualWrite: false, keep: false, ...typed };
}

/** What a folder's codebase is called. */
export function nameOf(path: string): string {
  return basename(resolve(path)) || "codebase";
}

function folder(text: string): string {
  return resolve(process.env["INIT_CWD"] ?? ".", text); // where pnpm was called
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is wanted.`);
  };
}
