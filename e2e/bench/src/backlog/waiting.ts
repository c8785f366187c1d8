import type { Stage } from "../benchmark.ts";
import type { RelayStage } from "../relay/relay-stage.ts";
import { relayStage } from "../relay/relay-stage.ts";
import { AckedCount } from "./acked-count.ts";
import { Backlog } from "./backlog.ts";
import { type Journal, putJournal, takeJournal } from "./journal.ts";

/** An outbox with a backlog, and a relay that is to carry it. */
export interface Waiting {
  readonly stage: Pick<RelayStage, "relay" | "graph" | "meter">;
  readonly backlog: Backlog;
  readonly acked: AckedCount;
}

/** The outbox of a stage, which nobody has written to. */
export function waitingOn(stage: RelayStage): Waiting {
  const { db } = stage.relay;
  return { stage, backlog: new Backlog(db), acked: new AckedCount(db) };
}

/** An outbox that outlives the runs, since it takes a minute to fill. */
export interface Standing extends AsyncDisposable {
  /** Lets it have the graph for a run, whichever outbox had it before. */
  turn<T>(work: (waiting: Waiting) => Promise<T>): Promise<T>;
}

/** An outbox with so many entries. */
export async function standing(stage: Stage, entries: number): Promise<Standing> {
  await using stack = new AsyncDisposableStack();
  const waiting = waitingOn(stack.use(await relayStage(stage)));
  await waiting.backlog.fillTo(entries);
  const { driver } = waiting.stage.graph;
  let journal: Journal = [];
  const moved = stack.move();
  return {
    async turn(work) {
      await putJournal(driver, journal);
      const result = await work(waiting);
      journal = await takeJournal(driver);
      return result;
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
