import type { EntryId } from "@outgraph/events";
import type { Document, UUID } from "mongodb";
import type { AckDocument } from "./ack-document.ts";
import type { OutboxCollections } from "./collections.ts";
import { deriveState, type EntryProgress } from "./derive-state.ts";
import { entryIdOf, uuidOf } from "./entry-uuid.ts";
import { COLLECTION } from "./names.ts";
import type { ParkedDocument } from "./parked-document.ts";

/**
 * How far each of these entries has come; every id is in the answer.
 *
 * One command, one snapshot of what a majority has: an entry whose ack, parked document or body is
 * being written or deleted meanwhile is seen wholly before or wholly after. An id under which
 * nothing is stored is "not_found": never committed, or applied and purged.
 */
export async function readProgress(
  outbox: OutboxCollections,
  ids: readonly EntryId[],
): Promise<Map<EntryId, EntryProgress>> {
  const progress = new Map<EntryId, EntryProgress>(ids.map((id) => [id, { state: "not_found" }]));
  const found = outbox.entries.aggregate<Found>(progressPipeline(ids), {
    readConcern: { level: "snapshot" },
  });
  for await (const { _id, acks, parked } of found) {
    progress.set(entryIdOf(_id), deriveState({ stored: true, ack: acks[0], parked: parked[0] }));
  }
  return progress;
}

interface Found {
  readonly _id: UUID;
  readonly acks: readonly AckDocument[];
  readonly parked: readonly ParkedDocument[];
}

/**
 * The one command of `readProgress`. The sort lets the range index be read from the entry's own
 * place in history on, up to the first ack that names it: the filter of `ackOf`, said for a lookup.
 */
export function progressPipeline(ids: readonly EntryId[]): Document[] {
  return [
    { $match: { _id: { $in: ids.map(uuidOf) } } },
    { $project: { at: 1 } },
    {
      $lookup: {
        from: COLLECTION.acks,
        let: { id: "$_id", at: "$at" },
        pipeline: [
          {
            $match: {
              $expr: {
                $and: [
                  { $gte: ["$at.max", "$$at"] },
                  { $lte: ["$at.min", "$$at"] },
                  { $in: ["$$id", "$entries"] },
                ],
              },
            },
          },
          { $sort: { "at.max": 1 } },
          { $limit: 1 },
          { $unset: "entries" },
        ],
        as: "acks",
      },
    },
    {
      $lookup: { from: COLLECTION.parked, localField: "_id", foreignField: "_id", as: "parked" },
    },
  ];
}
