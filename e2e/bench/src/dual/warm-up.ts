import { appended, applied } from "./append-work.ts";
import type { DualStage } from "./dual-stage.ts";
import { oneFile, oneSymbol } from "./work.ts";
import { writeTwice } from "./write-twice.ts";

const CALLERS = 16;

/** How many the relay runs for a batch of symbols: two nodes, an edge, and its journal's. */
const STATEMENTS_OF_A_BATCH = 4;

/**
 * Runs so many statements on Neo4j as a program writes them that has no outbox, and then as many by the
 * relay, for entries of a lone caller: Neo4j compiles what it runs thousands of times, as V8 does in the
 * append service and the relay. Whatever they wrote is taken out again before a run.
 */
export async function warmUp(stage: DualStage, statements: number): Promise<void> {
  await writtenTwice(stage, statements);
  await appendedAlone(stage, Math.ceil(statements / STATEMENTS_OF_A_BATCH));
}

async function writtenTwice({ relays }: DualStage, statements: number): Promise<void> {
  const { graph, relay } = relays;
  let [files, done] = [0, 0];
  const caller = async (): Promise<void> => {
    while (done < statements) {
      const work = oneFile(files++);
      await writeTwice(relay.db, graph.driver, work);
      done += work.length;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

async function appendedAlone(stage: DualStage, entries: number): Promise<void> {
  await stage.empty();
  let last: readonly string[] = [];
  for (let n = 0; n < entries; n++) last = await appended(stage.client, [oneSymbol(n)]);
  await applied(stage.client, last);
}
