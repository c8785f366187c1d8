import { type At, earlier, later } from "./at.ts";
import { Halt, SteppedDown } from "./ended.ts";
import { judgeHistory } from "./history.ts";
import { JOURNAL_CONSTRAINTS, type Journal, ringNumbers } from "./journal.ts";
import { type BatchNumber, epoch } from "./lane.ts";
import type { Lease } from "./lease.ts";
import { type Patience, persist } from "./persist.ts";
import type { Ack, GraphPort, OutboxIdentity, OutboxPort } from "./ports.ts";
import { type Gap, reapply } from "./reapply.ts";
import type { Schema } from "./schema.ts";

/** The lane is ours, and both sides agree about everything up to `batch`. */
export interface Begun {
  /** The last batch that committed; its ack, and every one before, is confirmed. */
  readonly batch: BatchNumber;
}

/** What a start needs from the world. */
export interface StartPorts {
  readonly outbox: OutboxPort;
  readonly graph: GraphPort;
  readonly schema: Schema;
}

/**
 * The one way to begin, after the lease: fence the lane, judge history, and write the acks that the
 * owner before could not, or apply again what a graph that was put back lacks.
 *
 * @throws SteppedDown when the graph knows an epoch as new as this one.
 * @throws Halt when the graph belongs to another outbox, when MongoDB was restored to an older
 *   state, or Neo4j was and cannot be brought up again.
 */
export async function start(
  { outbox, graph, schema }: StartPorts,
  identity: OutboxIdentity,
  lease: Lease,
  patience: Patience,
): Promise<Begun> {
  const { signals } = patience;
  const claim = { incarnation: identity.incarnation, epoch: lease.epoch };
  await schema.ensure({ constraints: JOURNAL_CONSTRAINTS, indexes: [] }, patience);
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
      // Where the lease is still ours, MongoDB was put back, and gives epochs that the graph has seen.
      await persist(
        "history",
        () => outbox.raiseEpoch(lease.holder, lease.epoch, epoch(answer.epoch)),
        patience,
      );
      throw new SteppedDown(
        `the lane is at epoch ${answer.epoch}, this relay holds ${lease.epoch}`,
      );
    case "taken":
      break;
  }
  const { journal, bookmark } = answer;
  signals.emit("lane.fenced", { epoch: lease.epoch, batch: journal.batch });
  const judge = (): Promise<Past> => judgePast(outbox, journal, lease, bookmark);
  const past = await persist("history", judge, patience);
  if (past.kind === "behind") {
    await reapply(past.gap, { outbox, graph, schema, lease, patience });
    return { batch: past.gap.to };
  }
  // What an earlier start said, or halted on, may be over: somebody restored the newer Neo4j.
  await persist("history", () => outbox.sayReapplying(lease.epoch, undefined), patience);
  const { acks } = past;
  if (acks.length > 0) {
    await persist("ack", () => outbox.writeAcks(acks), patience);
    signals.emit("history.completed", { batches: acks.length });
  }
  return { batch: journal.batch };
}

/** How the two sides stand to each other. */
type Past =
  /** The graph has everything that has an ack, and these batches, which still want theirs. */
  | { readonly kind: "agrees"; readonly acks: readonly Ack[] }
  /** The graph lacks batches. */
  | { readonly kind: "behind"; readonly gap: Gap };

/** @throws Halt when the two tell different histories, or MongoDB lacks a part of its own. */
async function judgePast(
  outbox: OutboxPort,
  journal: Journal,
  lease: Lease,
  bookmark: string | undefined,
): Promise<Past> {
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
    case "differs":
      throw new Halt(
        `Neo4j and MongoDB tell different histories: ${verdict.why}. Restore the newest state of ` +
          "both, or rebuild the graph from the documents and set up a new outbox for it",
      );
    case "graph_older":
      return { kind: "behind", gap: verdict };
    case "agrees": {
      const acks = verdict.toAck.map((batch) => {
        const entries = journal.ring.get(batch) ?? [];
        const places = entries.flatMap((entry) => stored.get(entry) ?? []); // history saw that all are there
        const ack = { batch, epoch: lease.epoch, entries, at: rangeOf(places) };
        return bookmark === undefined ? ack : { ...ack, bookmark };
      });
      return { kind: "agrees", acks };
    }
  }
}

/** From where to where in history these places are. @throws Error when there are none. */
export function rangeOf(places: readonly At[]): { readonly min: At; readonly max: At } {
  const [first, ...rest] = places;
  if (first === undefined) throw new Error("a batch without entries has no place in history");
  return { min: rest.reduce(earlier, first), max: rest.reduce(later, first) };
}
