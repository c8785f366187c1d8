import type { Stage } from "../benchmark.ts";
import { cpuMeter, serverProcesses } from "./cpu-meter.ts";
import { type GraphUnderTest, graphUnderTest } from "./graph-under-test.ts";
import { RelayUnderTest } from "./relay-under-test.ts";

/** An outbox, a graph that nobody else writes to, and a relay between them that was not started. */
export interface RelayStage extends AsyncDisposable {
  readonly graph: GraphUnderTest;
  readonly relay: RelayUnderTest;
  /** From now on: what servers, this process and the relay use, for so many entries. */
  meter(): (entries: number) => Record<string, number>;
}

/** Empties the graph of everything, what an earlier relay kept of itself included. */
export async function relayStage(stage: Stage): Promise<RelayStage> {
  const [mongo, neo4j] = await Promise.all([stage.mongo(), stage.neo4j()]);
  await using stack = new AsyncDisposableStack();
  const graph = stack.use(graphUnderTest(neo4j));
  await graph.empty();
  await graph.driver.executeQuery("MATCH (n) DETACH DELETE n");
  const relay = stack.use(await RelayUnderTest.over(mongo, neo4j));
  const moved = stack.move();
  return {
    graph,
    relay,
    meter: () => {
      const { pid } = relay;
      const processes = serverProcesses(mongo, neo4j);
      return cpuMeter(pid === undefined ? processes : { ...processes, relay: pid });
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
