import type { DualStage } from "./dual-stage.ts";
import { oneFile } from "./work.ts";
import { writeTwice } from "./write-twice.ts";

const CALLERS = 16;

/**
 * Runs so many of the statements that a program writes which has no outbox: Neo4j compiles what it
 * runs thousands of times, and this arm would gain most by it. Whatever they wrote is taken out again
 * before a run.
 */
export async function warmUp({ relays }: DualStage, statements: number): Promise<void> {
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
