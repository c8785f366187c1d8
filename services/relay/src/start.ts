import { type At, earlier, later } from "./at.ts";
import { Halt, SteppedDown } from "./ended.ts";
import { judgeHistory } from "./history.ts";
import { type Journal, ringNumbers } from "./journal.ts";
import type { BatchNumber } from "./lane.ts";
import type { Lease } from "./lease.ts";
import { type Patience, persist } from "./persist.ts";
import type { Ack, OutboxIdentity, OutboxPort, RelayPorts } from "./ports.ts";

/** The lane is ours, and both sides agree about everything up to `batch`. */
export interface Begun {
  /** The last batch that committed; its ack, and every one before, is confirmed. */
  readonly batch: BatchNumber;
}

/**
 * The one way to begin, after the lease: fence the lane, judge history, and write the acks that the
 * owner before could not.
 *
 * @throws SteppedDown when the graph knows an epoch as new as this one.
 * @throws Halt when the graph belongs to another outbox, or one side was restored to an older state.
 */
export async function start(
  { outbox, graph }: Pick<RelayPorts, "outbox" | "graph">,
  identity: OutboxIdentity,
  lease: Lease,
  patience: Patience,
): Promise<Begun> {
  const { signals } = patience;
  const claim = { incarnation: identity.incarnation, epoch: lease.epoch };
  const answer = await persist("fence", () => graph.fence(claim), patience);
  switch (answer.kind) {
    case "other_incarnation":
      throw new Halt(
        `this Neo4j database is the graph of outbox ${answer.found}, and this relay serves outbox ` +
          `${identity.incarnation}: check that both addresses belong together`,
      );
    case "unknown_format":
      throw new Halt(
        `the journal in this Neo4j database has format ${answer.found}, which this relay does not know: upgrade it`,
      );
    case "newer_epoch":
      throw new SteppedDown(
        `the lane is at epoch ${answer.epoch}, this relay holds ${lease.epoch}`,
      );
    case "taken":
      break;
  }
  const { journal, bookmark } = answer;
  signals.emit("lane.fenced", { epoch: lease.epoch, batch: journal.batch });
  const acks = await persist(
    "history",
    () => missingAcks(outbox, journal, lease, bookmark),
    patience,
  );
  if (acks.length > 0) {
    await persist("ack", () => outbox.writeAcks(acks), patience);
    signals.emit("history.completed", { batches: acks.length });
  }
  return { batch: journal.batch };
}

/** The acks that the journal's ring tells and MongoDB lacks. @throws Halt when the two tell different histories. */
async function missingAcks(
  outbox: OutboxPort,
  journal: Journal,
  lease: Lease,
  bookmark: string | undefined,
): Promise<Ack[]> {
  const newestAck = await outbox.newestAck();
  const acks = await outbox.acksOf(ringNumbers(journal.batch));
  const unacked = [...journal.ring].filter(([number]) => !acks.has(number));
  const stored = await outbox.positionsOf(unacked.flatMap(([, entries]) => entries));
  const verdict = judgeHistory({ journal, newestAck, acks, stored });
  switch (verdict.kind) {
    case "outbox_older":
      throw new Halt(
        `MongoDB was restored to an older state than Neo4j: ${verdict.why}. The graph is ahead of ` +
          "the documents. Restore the newer MongoDB, or verify and repair the graph against the " +
          "documents and set up a new outbox for it",
      );
    case "graph_older":
      throw new Halt(
        `Neo4j was restored to an older state than MongoDB, or emptied: the graph lacks batches ` +
          `${verdict.from} to ${verdict.to}. Restore the newer Neo4j; applying the lacking batches ` +
          "again is not there yet",
      );
    case "agrees":
      return verdict.toAck.map((batch) => {
        const entries = journal.ring.get(batch) ?? [];
        const places = entries.flatMap((entry) => stored.get(entry) ?? []); // history saw that all are there
        const ack = { batch, epoch: lease.epoch, entries, at: rangeOf(places) };
        return bookmark === undefined ? ack : { ...ack, bookmark };
      });
  }
}

/** From where to where in history these places are. @throws Error when there are none. */
export function rangeOf(places: readonly At[]): { readonly min: At; readonly max: At } {
  const [first, ...rest] = places;
  if (first === undefined) throw new Error("a batch without entries has no place in history");
  return { min: rest.reduce(earlier, first), max: rest.reduce(later, first) };
}
