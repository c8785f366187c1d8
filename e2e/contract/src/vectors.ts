import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { allDeeds, vectorsCount } from "@outgraph/vectors";
import { go, LANGUAGES, type Language, pythonEnvironment } from "./languages.ts";
import { runProgram } from "./run-program.ts";

const root = join(import.meta.dirname, "../../..");

/** What the languages' suites did with the golden vectors. */
export interface Compared {
  readonly vectors: number;
  /** What a language did not do, or did with no vector; none when all of them did all. */
  readonly differences: readonly string[];
}

/**
 * Runs each language's own suite of the golden vectors, and compares what they note.
 *
 * @param folder for the notes.
 * @throws Error with the suite's output when one fails.
 */
export async function compareVectors(
  folder: string,
  onProgress: (text: string) => void = () => {},
): Promise<Compared> {
  const wanted = new Set(allDeeds());
  const differences: string[] = [];
  for (const language of LANGUAGES) {
    const notes = join(folder, `${language}.notes`);
    await runSuite(language, { OUTGRAPH_VECTORS_NOTED: notes });
    const done = new Set((await readFile(notes, "utf8")).trimEnd().split("\n"));
    const named = (what: string) => (deed: string) =>
      `${language} ${what}: ${deed.replaceAll("\t", ", ")}`;
    differences.push(
      ...[...wanted.difference(done)].map(named("leaves out")),
      ...[...done.difference(wanted)].map(named("notes what no vector asks for")),
    );
    onProgress(`${language}: ${done.size} readings, writings and refusals of vectors`);
  }
  return { vectors: vectorsCount(), differences };
}

async function runSuite(language: Language, env: Readonly<Record<string, string>>): Promise<void> {
  switch (language) {
    case "TypeScript": {
      const vitest = join(root, "node_modules/vitest/vitest.mjs");
      const args = [vitest, "run", "--project", "unit", "e2e/vectors"];
      await runProgram(process.execPath, args, { cwd: root, env });
      return;
    }
    case "Python": {
      const args = ["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_vectors.py"];
      const cwd = join(root, "packages/client-python");
      await runProgram("python3", args, { cwd, env: { ...(await pythonEnvironment()), ...env } });
      return;
    }
    case "Go":
      await go(
        ["test", "-count=1", "-run", "^TestGolden", "."],
        join(root, "packages/client-go"),
        env,
      );
  }
}
