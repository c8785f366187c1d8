/** A kind of test, by what it needs and how it works. */
export type Layer = "unit" | "sim" | "integration";

/** What has to fail while the mutant is in force, and holds otherwise. */
export type Catch =
  /** Seeds of the simulation, from 1. */
  | { readonly layer: "sim"; readonly seeds: number }
  /** A test file, and the part of a test's name that narrows it down. Integration ones get real servers. */
  | { readonly layer: "unit" | "integration"; readonly file: string; readonly test?: string };

/** The product without one protection: a text of its source is another while it is loaded. */
export interface Mutant {
  readonly name: string;
  /** The protection that is missing then. */
  readonly removes: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly by: Catch;
}

/** The source with the mutant. @throws Error unless what it replaces stands there exactly once. */
export function mutate(source: string, { name, file, find, replace }: Mutant): string {
  const [before, after, more] = source.split(find);
  if (before === undefined || after === undefined || more !== undefined) {
    const times = source.split(find).length - 1;
    throw new Error(
      `mutant "${name}": what it replaces stands ${times} times in ${file}, not once`,
    );
  }
  return `${before}${replace}${after}`;
}
