import { newEntryId } from "@outgraph/events";
import { Timestamp } from "mongodb";
import { expect, test } from "vitest";
import { type BatchAck, batchAck, batchAckDocument, isSkip, skipDocument } from "./ack-document.ts";

const at = (t: number) => new Timestamp({ t, i: 1 });

test("a batch's ack comes back as it was", () => {
  const ack: BatchAck = {
    lane: 0,
    batch: 2n ** 53n + 1n,
    epoch: 4n,
    entries: [newEntryId(), newEntryId()],
    at: { min: at(1), max: at(2) },
    bookmark: "FB:kcwQ",
    ackedAt: new Date(5),
  };

  const document = batchAckDocument(ack);

  expect(document._id).toBe("0/9007199254740993");
  expect(isSkip(document)).toBe(false);
  expect(batchAck(document)).toEqual(ack);
});

test("a skip names one entry, its place in history, who and why", () => {
  const entry = newEntryId();
  const document = skipDocument({
    entry,
    at: at(3),
    reason: "r",
    by: "ann",
    skippedAt: new Date(6),
  });

  expect(isSkip(document)).toBe(true);
  expect(document).toMatchObject({
    _id: `skip/${entry}`,
    at: { min: at(3), max: at(3) },
    skipped: { reason: "r", by: "ann", at: new Date(6) },
  });
});
