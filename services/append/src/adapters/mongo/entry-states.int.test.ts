import { type EntryId, entryIdTime, newEntryId } from "@outgraph/events";
import {
  batchAckDocument,
  COLLECTION,
  entryIdOf,
  META_ID,
  rangeOf,
  skipDocument,
  uuidOf,
} from "@outgraph/outbox";
import type { Timestamp } from "mongodb";
import { afterAll, beforeAll, describe } from "vitest";
import { checkAppend } from "../../check-append.ts";
import { isRefusal } from "../../refusal.ts";
import { entryStatesContract } from "../../test/entry-states-contract.ts";
import { GROUP_RULES } from "../../test/group-rules.ts";
import { type OwnDatabase, ownDatabase } from "../../test/mongo-database.ts";
import { request } from "../../test/requests.ts";
import { mongoAppendStore } from "./append-store.ts";
import { MongoEntryStates } from "./entry-states.ts";

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(async () => {
  await own[Symbol.asyncDispose]();
});

describe("in MongoDB", () => {
  entryStatesContract(async () => {
    const { db, mongo, access } = own;
    const { entries, acks, parked, meta } = access.required;
    for (const name of [COLLECTION.entries, COLLECTION.acks, COLLECTION.parked]) {
      await db.collection(name).deleteMany({});
    }
    await meta.updateOne({ _id: META_ID.purge }, { $set: { horizon: new Date(-1) } });
    const store = mongoAppendStore(mongo, access, GROUP_RULES);
    const limit = { timeoutMs: 20_000, signal: new AbortController().signal };
    let batch = 0n;
    const atOf = async (ids: readonly EntryId[]): Promise<Timestamp[]> => {
      const found = await entries.find({ _id: { $in: ids.map(uuidOf) } }).toArray();
      return ids.map((id) => found.find(({ _id }) => entryIdOf(_id) === id)?.at as Timestamp);
    };
    return {
      states: new MongoEntryStates(() => access.required),
      async store(id = newEntryId()) {
        const checked = checkAppend(request([], id), { database: db.databaseName });
        if (isRefusal(checked)) throw new Error(checked.kind);
        await store.commit([checked], limit);
        return id;
      },
      async apply(ids, bookmark) {
        batch += 1n;
        await acks.insertOne(
          batchAckDocument({
            lane: 0,
            batch,
            epoch: 1n,
            entries: ids,
            at: rangeOf(await atOf(ids)),
            ackedAt: new Date(),
            ...(bookmark !== undefined && { bookmark }),
          }),
        );
      },
      async skip(entry, reason) {
        const [at] = (await atOf([entry])) as [Timestamp];
        await acks.insertOne(
          skipDocument({ entry, at, reason, by: "test", skippedAt: new Date() }),
        );
      },
      async park(id, error) {
        const [at] = (await atOf([id])) as [Timestamp];
        const rest = { at, attempts: 1, since: new Date(), conflicts: [] };
        await parked.insertOne({ _id: uuidOf(id), kind: "parked", error, ...rest });
      },
      async block(id, behind) {
        const [at] = (await atOf([id])) as [Timestamp];
        const rest = { at, attempts: 0, since: new Date(), conflicts: [uuidOf(behind)] };
        await parked.insertOne({ _id: uuidOf(id), kind: "blocked", ...rest });
      },
      async unpark(id) {
        await parked.deleteOne({ _id: uuidOf(id) });
      },
      async emptied(emptied) {
        const said = emptied ? { $set: { after: 0n } } : { $unset: { after: "" } };
        await meta.updateOne({ _id: META_ID.reapplying }, said as never, { upsert: true });
      },
      async purge(id) {
        const horizon = new Date(entryIdTime(id));
        await meta.updateOne({ _id: META_ID.purge }, { $set: { horizon } });
        await entries.deleteOne({ _id: uuidOf(id) });
      },
    };
  });
});
