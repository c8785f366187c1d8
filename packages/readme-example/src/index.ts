import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * The first TypeScript example of the README in a folder.
 *
 * @throws when it has none, so that a test of it cannot pass by running nothing.
 */
export async function readmeExample(folder: string): Promise<string> {
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const example = /^```ts\n(.*?)^```/ms.exec(readme)?.[1];
  if (example === undefined) throw new Error(`${folder}/README.md has no TypeScript example`);
  return example;
}

/** Where and with what an example runs. */
export interface ExampleOptions {
  /** A package's folder: there its own name is found, and those of its dependencies. */
  readonly folder: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs an example in a process of its own and returns what it printed.
 *
 * @throws with both of its outputs when it ends with another code than 0.
 */
export async function runExample(
  example: string,
  { folder, env = {} }: ExampleOptions,
): Promise<string> {
  const args = ["--input-type=module-typescript", "--eval", example];
  const run = promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  return (await run).stdout;
}

/** Runs the example of the README in a folder as it stands, and returns what it printed. */
export async function runReadmeExample(options: ExampleOptions): Promise<string> {
  return await runExample(await readmeExample(options.folder), options);
}
