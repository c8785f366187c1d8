import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take long, in seconds on a quiet machine with two cores; any other takes about 5. */
const LONG: Readonly<Record<string, number>> = {
  "e2e/demo/src/demo.int.test.ts": 199,
  "packages/client-go/test/go-suite.int.test.ts": 130,
  "packages/xmem-python/test/python.int.test.ts": 110,
  "e2e/chaos/src/sweep/sweep.int.test.ts": 100,
  "services/relay/src/parking.int.test.ts": 90,
  "packages/client-python/test/python.int.test.ts": 83,
  "packages/graph-plan/src/plan.property.int.test.ts": 81,
  "e2e/contract/src/contract.int.test.ts": 80,
  "services/relay/src/restored.int.test.ts": 79,
  "services/relay/src/secured.int.test.ts": 60,
  "e2e/xmem/src/xmem.int.test.ts": 58,
  "services/relay/src/ha.int.test.ts": 45,
  "packages/stack/src/neo4j-process.int.test.ts": 45,
  "services/relay/src/crash.int.test.ts": 40,
  "packages/xmem-go/test/xmem-go.int.test.ts": 36,
  "services/relay/src/restarts.int.test.ts": 30,
  "services/append/src/adapters/mongo/append-store.property.int.test.ts": 30,
  "e2e/soak/src/memory.int.test.ts": 26,
  "services/append/src/mongodb-away.int.test.ts": 25,
  "packages/stack/src/mongo-process.int.test.ts": 23,
  "e2e/chaos/src/nemesis/given-servers.int.test.ts": 20,
  "e2e/chaos/src/fidelity/fidelity.int.test.ts": 17,
  "e2e/chaos/src/wire/wire.int.test.ts": 15,
  "e2e/chaos/src/mutants/packed.int.test.ts": 14,
  "services/relay/src/elections.int.test.ts": 14,
  "services/relay/src/reapply.int.test.ts": 14,
  "e2e/chaos/src/truth/truth.int.test.ts": 14,
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
