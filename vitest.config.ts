import { defineConfig, type ViteUserConfig } from "vitest/config";
import { mutantPlugins } from "./e2e/chaos/src/mutants/vite-plugin.ts";
import EvenLanes from "./scripts/even-lanes.ts";

// Two kinds of test, told apart by name: `*.test.ts` needs nothing; `*.int.test.ts` needs real
// servers, which the global set-up starts once and gives to every file. Those files share one
// Neo4j database, so they run one after another.
const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { sequencer: EvenLanes },
    projects: [
      {
        plugins: mutantPlugins(),
        test: {
          name: "unit",
          include: ["{packages,services,e2e}/*/{src,test}/**/*.test.ts"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**", "**/dist/**"],
          // Some start a process of their own, which a busy machine takes its time for.
          testTimeout: 60_000,
        },
      },
      {
        plugins: mutantPlugins(),
        test: {
          name: "integration",
          include: ["{packages,services,e2e}/*/{src,test}/**/*.int.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**"],
          globalSetup: ["packages/stack/src/vitest-setup.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;
