import { appendFileSync } from "node:fs";
import { goldenFiles } from "./golden.ts";

/** What a language does with a vector. */
export type Deed =
  /** From bytes to a message, and to the same bytes again. */
  | "read"
  /** From protobuf JSON to the same bytes. */
  | "written"
  /** The content digest is the one that is said. */
  | "digested"
  /** Refused, in the fields and by the rules that are said. */
  | "refused"
  /** The id is made that is said. */
  | "made";

/** What every language's own suite does with each vector of a file. */
const DEEDS: Readonly<Record<string, readonly Deed[]>> = {
  values: ["read", "written"],
  mutations: ["read", "written"],
  entries: ["read", "written", "digested"],
  requests: ["read", "written", "digested"],
  outcomes: ["read", "written"],
  refusals: ["refused"],
  ids: ["made"],
};

/** A deed as a suite notes it: the file, the vector's name and the deed, with tabs between. */
export function noted(file: string, vector: string, deed: Deed): string {
  return `${file}\t${vector}\t${deed}`;
}

/** Everything that each language's suite has to do, one note for each deed. */
export function allDeeds(): string[] {
  return [...goldenFiles()].flatMap(([path, text]) => {
    const file = path.replace(".json", "");
    const deeds = DEEDS[file];
    if (deeds === undefined) throw new Error(`nothing is done with ${path}`);
    return (JSON.parse(text) as { name: string; json?: unknown }[]).flatMap(({ name, json }) =>
      deeds
        .filter((deed) => deed !== "written" || json !== null)
        .map((deed) => noted(file, name, deed)),
    );
  });
}

/** How many vectors there are. */
export function vectorsCount(): number {
  return [...goldenFiles().values()].reduce((sum, text) => sum + JSON.parse(text).length, 0);
}

/** Notes a deed of this suite in the file of `OUTGRAPH_VECTORS_NOTED`, if there is one. */
export function note(file: string, vector: string, deed: Deed): void {
  const path = process.env["OUTGRAPH_VECTORS_NOTED"];
  if (path !== undefined) appendFileSync(path, `${noted(file, vector, deed)}\n`);
}
