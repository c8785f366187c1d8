/** A reporter for vitest that says in a file, as JSON, how long each test file took. */
import { writeFile } from "node:fs/promises";
import type { Reporter, TestModule } from "vitest/node";

/** A test file, and how long its imports, hooks and tests took together, in milliseconds. */
export interface FileDuration {
  readonly file: string;
  readonly ms: number;
}

/** Names the file to write. */
export const DURATIONS_VARIABLE = "OUTGRAPH_TEST_DURATIONS";

export default class FileDurations implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const path = process.env[DURATIONS_VARIABLE];
    if (path === undefined) return;
    const durations = modules.map((module): FileDuration => {
      const { collectDuration, duration } = module.diagnostic();
      return { file: module.relativeModuleId, ms: collectDuration + duration };
    });
    await writeFile(path, JSON.stringify(durations));
  }
}
