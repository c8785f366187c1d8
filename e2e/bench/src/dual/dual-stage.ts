import { createOutgraphClient, type OutgraphClient } from "@outgraph/client";
import { type RunningServer, startAppendService } from "../append/service.ts";
import { SOURCE } from "../append/workload.ts";
import type { Stage } from "../benchmark.ts";
import { expectedGraph } from "../data/expected-graph.ts";
import { cpuMeter, type Processes, serverProcesses } from "../relay/cpu-meter.ts";
import { type RelayStage, relayStage } from "../relay/relay-stage.ts";
import { emptyDocuments, mustHoldDocuments } from "./documents.ts";
import { NODE_KEYS, type Work } from "./work.ts";

/** Documents, a graph, and between them an append service and a relay that run. */
export interface DualStage extends AsyncDisposable {
  readonly relays: RelayStage;
  readonly client: OutgraphClient;
  /** Takes everything out of both stores but the outbox. */
  empty(): Promise<void>;
  /** @throws unless both stores hold what these works say, and nothing else. */
  mustHold(works: readonly Work[]): Promise<void>;
  /** From now on: what every process uses, for so many entries. */
  meter(): (entries: number) => Record<string, number>;
  /**
   * Runs `work` while service and relay stand still (SIGSTOP), so that it pays nothing for their
   * change streams. Shorter than the relay's lease, else the relay begins anew afterwards.
   */
  withoutOutgraph<T>(work: () => Promise<T>): Promise<T>;
}

export async function dualStage(stage: Stage): Promise<DualStage> {
  const [mongo, neo4j] = await Promise.all([stage.mongo(), stage.neo4j()]);
  await using stack = new AsyncDisposableStack();
  const relays = stack.use(await relayStage(stage));
  const { graph, relay } = relays;
  for (const [label, key] of Object.entries(NODE_KEYS)) {
    await graph.driver.executeQuery(
      `CREATE CONSTRAINT IF NOT EXISTS FOR (n:${label}) REQUIRE n.${key} IS UNIQUE`,
    );
  }
  const service = await startAppendService(mongo.uri, relay.db.databaseName);
  stack.defer(() => service.process.stop());
  await relay.start();
  const client = createOutgraphClient({ url: service.url, source: SOURCE });
  stack.defer(() => client.close());
  const own = processesOf(service, relay.pid);
  const moved = stack.move();
  return {
    relays,
    client,
    async empty() {
      await graph.empty();
      await emptyDocuments(relay.db);
    },
    async mustHold(works) {
      const entries = works.map((work) => work.flatMap(({ mutations }) => mutations()));
      await graph.mustBe(expectedGraph({ name: "dual", entries }));
      await mustHoldDocuments(relay.db, works);
    },
    meter: () => cpuMeter({ ...serverProcesses(mongo, neo4j), ...own }),
    async withoutOutgraph(work) {
      const all = Object.values(own);
      for (const pid of all) process.kill(pid, "SIGSTOP");
      try {
        return await work();
      } finally {
        for (const pid of all) process.kill(pid, "SIGCONT");
      }
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function processesOf({ process }: RunningServer, relay: number | undefined): Processes {
  if (relay === undefined) throw new Error("the relay does not run");
  return { append: process.pid, relay };
}
