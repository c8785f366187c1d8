import { META_ID, type OutboxCollections } from "@outgraph/outbox";
import { Long } from "mongodb";
import { type Epoch, epoch } from "../../lane.ts";
import type { LeaseAnswer } from "../../lease.ts";

type Meta = OutboxCollections["meta"];

/** Takes the lease if the server's clock says that it is free, or if this holder has it. */
export async function takeLease(meta: Meta, holder: string, ttlMs: number): Promise<LeaseAnswer> {
  for (;;) {
    const taken = await meta.findOneAndUpdate(
      {
        _id: META_ID.lease,
        $or: [{ holder: { $in: ["", holder] } }, { $expr: { $lte: ["$expiresAt", "$$NOW"] } }],
      },
      [
        {
          $set: {
            // A text in a pipeline is an expression unless one says otherwise.
            holder: { $literal: holder },
            epoch: { $add: ["$epoch", Long.ONE] },
            expiresAt: { $add: ["$$NOW", ttlMs] },
          },
        },
      ],
      { returnDocument: "after" },
    );
    if (taken !== null && "epoch" in taken) return { kind: "granted", epoch: epoch(taken.epoch) };
    const held = await lookAtLease(meta);
    if (held !== undefined) return held;
    // It was let go between the two questions: ask again.
  }
}

async function lookAtLease(meta: Meta): Promise<LeaseAnswer | undefined> {
  const [lease] = await meta
    .aggregate<{ holder: string; remainingMs: bigint }>([
      { $match: { _id: META_ID.lease } },
      { $project: { holder: 1, remainingMs: { $subtract: ["$expiresAt", "$$NOW"] } } },
    ])
    .toArray();
  if (lease === undefined) throw new Error("the outbox has no lease document: set it up again");
  const remainingMs = Number(lease.remainingMs);
  return remainingMs > 0 ? { kind: "held", by: lease.holder, remainingMs } : undefined;
}

/** Whether the lease is still this holder's under this epoch, and now lasts `ttlMs` again. */
export async function renewLease(
  meta: Meta,
  holder: string,
  held: Epoch,
  ttlMs: number,
): Promise<boolean> {
  const { matchedCount } = await meta.updateOne({ _id: META_ID.lease, holder, epoch: held }, [
    { $set: { expiresAt: { $add: ["$$NOW", ttlMs] } } },
  ]);
  return matchedCount === 1;
}

/** Lifts the epoch, if it is lower and the lease is this holder's under this one. */
export async function raiseEpoch(
  meta: Meta,
  holder: string,
  held: Epoch,
  to: Epoch,
): Promise<void> {
  if (to <= held) return;
  await meta.updateOne({ _id: META_ID.lease, holder, epoch: held }, { $set: { epoch: to } });
}

/** Gives the lease back, if it is this holder's under this epoch. */
export async function releaseLease(meta: Meta, holder: string, held: Epoch): Promise<void> {
  await meta.updateOne({ _id: META_ID.lease, holder, epoch: held }, { $set: { holder: "" } });
}
