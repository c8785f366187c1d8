import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take long, in seconds on a quiet machine with two cores; any other takes about 5. */
const LONG: Readonly<Record<string, number>> = {
  "e2e/demo/src/demo.int.test.ts": 192,
  "packages/client-go/test/go-suite.int.test.ts": 125,
  "e2e/contract/src/contract.int.test.ts": 104,
  "packages/graph-plan/src/plan.property.int.test.ts": 82,
  "packages/client-python/test/python.int.test.ts": 82,
  "services/relay/src/restored.int.test.ts": 50,
  "services/relay/src/parking.int.test.ts": 50,
  "services/relay/src/ha.int.test.ts": 34,
  "services/relay/src/crash.int.test.ts": 34,
  "packages/stack/src/neo4j-process.int.test.ts": 30,
  "e2e/soak/src/memory.int.test.ts": 26,
  "services/append/src/mongodb-away.int.test.ts": 25,
  "services/relay/src/secured.int.test.ts": 24,
  "packages/stack/src/mongo-process.int.test.ts": 23,
  "services/relay/src/restarts.int.test.ts": 23,
};
const OTHER = 5;

/** Deals the files to shards that take about equally long, always in the same way. */
export default class EvenLanes extends BaseSequencer {
  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { config } = this.ctx;
    if (config.shard === undefined) return files;
    const lanes = Array.from({ length: config.shard.count }, () => ({
      seconds: 0,
      files: [] as TestSpecification[],
    }));
    const weighed = files.map((file) => {
      const path = file.moduleId.slice(config.root.length + 1);
      return { file, path, seconds: LONG[path] ?? OTHER };
    });
    weighed.sort((a, b) => b.seconds - a.seconds || (a.path < b.path ? -1 : 1));
    for (const { file, seconds } of weighed) {
      const lane = lanes.reduce((least, each) => (each.seconds < least.seconds ? each : least));
      lane.files.push(file);
      lane.seconds += seconds;
    }
    return lanes[config.shard.index - 1]?.files ?? [];
  }
}
