import { compilePlan, constraintCypher, fold } from "@outgraph/graph-plan";
import type { Driver } from "neo4j-driver";
import { entriesOf } from "../data/dataset.ts";
import { foldedChunks, rawLoop } from "../relay/raw-loop.ts";
import { symbols } from "./workload.ts";

const ROWS_AT_ONCE = 3_000;

/**
 * Puts the first symbols into an empty graph, past any relay. Neo4j plans its statements anew when the
 * amounts of things have changed much, as they do in a graph that begins empty, and everybody waits
 * for that, up to seconds: seen with three entries in the batch.
 */
export async function populate(driver: Driver, count: number): Promise<void> {
  const entries = entriesOf(symbols(count));
  const { constraints } = compilePlan(fold(entries.slice(0, 1)), { encode: () => null });
  for (const each of constraints) await driver.executeQuery(constraintCypher(each));
  await rawLoop(driver, foldedChunks(entries, ROWS_AT_ONCE));
}
