import type { EntryId } from "@outgraph/events";
import {
  batchAckId,
  entryIdOf,
  isSkip,
  META_ID,
  type OutboxCollections,
  uuidOf,
} from "@outgraph/outbox";
import { type ClientSession, Timestamp } from "mongodb";
import type { At } from "../../at.ts";
import { type BatchNumber, batchNumber, type Epoch, LANE, RING_SIZE } from "../../lane.ts";
import type { Old, OldAck, OldSkip, Purged, PurgePort } from "../../purge-port.ts";
import { newestAck } from "./acks.ts";
import { guarded } from "./guarded.ts";
import { atOf, timestampOf } from "./logical-time.ts";

/** About so many entries are read at once. */
const ENTRIES_AT_ONCE = 2_000;

/** Asks MongoDB, connected, and translates what it throws. */
export type Ask = <T>(ask: () => Promise<T>) => Promise<T>;

/** The purge of an outbox in MongoDB. */
export class MongoPurge implements PurgePort {
  readonly #outbox: OutboxCollections;
  readonly #ask: Ask;

  constructor(outbox: OutboxCollections, ask: Ask) {
    this.#outbox = outbox;
    this.#ask = ask;
  }

  setRetention(epoch: Epoch, retentionMs: number): Promise<boolean> {
    const { meta } = this.#outbox;
    return this.#guarded(epoch, (session) =>
      meta.updateOne({ _id: META_ID.purge }, { $set: { retentionMs } }, { session }),
    );
  }

  oldAcks(retentionMs: number, after: BatchNumber): Promise<Old<OldAck>> {
    return this.#ask(() => this.#oldAcks(retentionMs, after));
  }

  oldSkips(retentionMs: number, after: At): Promise<Old<OldSkip>> {
    return this.#ask(() => this.#oldSkips(retentionMs, after));
  }

  async #oldAcks(retentionMs: number, after: BatchNumber): Promise<Old<OldAck>> {
    const { acks } = this.#outbox;
    const { untilMs, until } = await this.#until(retentionMs);
    const last = (await newestAck(acks)) - RING_SIZE;
    const cursor = acks
      .find(
        { lane: LANE, batch: { $gt: after, $lte: last } },
        { projection: { batch: 1, entries: 1, written: 1 }, batchSize: 8 },
      )
      .sort({ lane: 1, batch: 1 });
    const found: OldAck[] = [];
    let entries = 0;
    for await (const ack of cursor) {
      // Acks are written in order, so what follows is younger still.
      if (isSkip(ack) || ack.written.gte(until)) break;
      found.push({
        batch: batchNumber(BigInt(ack.batch)),
        entries: ack.entries.map(entryIdOf),
      });
      entries += ack.entries.length;
      if (entries >= ENTRIES_AT_ONCE) break;
    }
    return { found, untilMs };
  }

  async #oldSkips(retentionMs: number, after: At): Promise<Old<OldSkip>> {
    const { untilMs, until } = await this.#until(retentionMs);
    // There are as many as people decided: no index is worth its cost.
    const found = await this.#outbox.acks
      .find(
        { _id: /^skip\//, written: { $gt: timestampOf(after), $lt: until } },
        { projection: { entries: 1, written: 1 } },
      )
      .sort({ written: 1 })
      .limit(ENTRIES_AT_ONCE)
      .toArray();
    return {
      found: found.flatMap(({ entries, written }) =>
        entries.map((id) => ({ entry: entryIdOf(id), written: atOf(written) })),
      ),
      untilMs,
    };
  }

  raisePurgeHorizon(epoch: Epoch, toMs: number): Promise<boolean> {
    const { meta } = this.#outbox;
    return this.#guarded(epoch, (session) =>
      meta.updateOne({ _id: META_ID.purge }, { $max: { horizon: new Date(toMs) } }, { session }),
    );
  }

  purge(epoch: Epoch, purged: Purged): Promise<boolean> {
    const { entries, parked, acks } = this.#outbox;
    return this.#guarded(epoch, async (session) => {
      const ids = { _id: { $in: purged.entries.map((id: EntryId) => uuidOf(id)) } };
      await entries.deleteMany(ids, { session });
      await parked.deleteMany(ids, { session });
      if (purged.acks.length === 0) return;
      const ackIds = purged.acks.map((batch) => batchAckId(LANE, batch));
      await acks.deleteMany({ _id: { $in: ackIds } }, { session });
    });
  }

  #guarded(epoch: Epoch, work: (session: ClientSession) => Promise<unknown>): Promise<boolean> {
    return this.#ask(() => guarded(this.#outbox, epoch, work));
  }

  /** Now minus the retention, by the server's clock. */
  async #until(retentionMs: number): Promise<{ untilMs: number; until: Timestamp }> {
    const [said] = await this.#outbox.meta
      .aggregate<{ now: Date }>([
        { $match: { _id: META_ID.purge } },
        { $project: { now: "$$NOW" } },
      ])
      .toArray();
    if (said === undefined) throw new Error("the outbox has lost its purge horizon");
    const untilMs = said.now.getTime() - retentionMs;
    return { untilMs, until: new Timestamp({ t: Math.max(0, Math.floor(untilMs / 1_000)), i: 0 }) };
  }
}
