import type { Transaction } from "neo4j-driver";
import { JOURNAL_FORMAT, LANE } from "../../lane.ts";
import type { Claim, FenceAnswer } from "../../ports.ts";
import {
  journalOf,
  LOCK_OR_MAKE_LANE,
  LOCK_ROOT,
  RAISE_EPOCH,
  READ_RING,
  RING_SLOTS,
} from "./journal-cypher.ts";

/** Takes the lane for a claim, and commits; when it must not be taken, leaves the transaction open. */
export async function fence(tx: Transaction, claim: Claim): Promise<FenceAnswer> {
  const { incarnation, epoch } = claim;
  const lane = BigInt(LANE);

  const rooted = await tx.run<{ incarnation: string; format: bigint }>(LOCK_ROOT, {
    incarnation,
    format: JOURNAL_FORMAT,
    epoch,
  });
  const root = rooted.records[0]?.toObject();
  if (root?.incarnation !== incarnation) {
    return { kind: "other_incarnation", found: String(root?.incarnation) };
  }
  if (root.format !== JOURNAL_FORMAT) return { kind: "unknown_format", found: String(root.format) };

  const locked = await tx.run<{ epoch: bigint; batch: bigint }>(LOCK_OR_MAKE_LANE, { lane, epoch });
  const before = locked.records[0]?.toObject();
  if (before === undefined) throw new Error("MERGE gave no lane");
  if (before.epoch >= epoch) return { kind: "newer_epoch", epoch: before.epoch };

  await tx.run(RAISE_EPOCH, { lane, epoch });
  const ring = await tx.run<{ batch: bigint; entries: string[] }>(READ_RING, { slots: RING_SLOTS });
  await tx.commit();
  const journal = journalOf(
    before,
    ring.records.map((record) => record.toObject()),
  );
  return { kind: "taken", journal, bookmark: undefined };
}
