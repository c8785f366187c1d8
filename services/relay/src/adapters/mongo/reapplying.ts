import { META_ID, type OutboxCollections } from "@outgraph/outbox";
import { MongoServerError } from "mongodb";
import { CallFailed } from "../../call-failed.ts";
import type { BatchNumber, Epoch } from "../../lane.ts";

const DUPLICATE_KEY = 11_000;

/**
 * Says after which batch the graph lacks acked ones; undefined: none.
 *
 * The document stays when nothing is lacking, so that it refuses what an older epoch says late.
 *
 * @throws CallFailed `fenced` when a newer epoch has said something.
 */
export async function sayReapplying(
  meta: OutboxCollections["meta"],
  epoch: Epoch,
  after: BatchNumber | undefined,
): Promise<void> {
  const said =
    after === undefined ? { $set: { epoch }, $unset: { after: "" } } : { $set: { epoch, after } };
  try {
    // The driver's types lose what `_id` says about the rest.
    await meta.updateOne({ _id: META_ID.reapplying, epoch: { $lte: epoch } }, said as never, {
      upsert: true,
    });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
    throw new CallFailed({
      kind: "fenced",
      code: "NewerEpoch",
      message: `a relay of an epoch newer than ${epoch} owns the lane`,
      cause: error,
    });
  }
}
