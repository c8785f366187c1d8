import { COLLECTION, META_ID } from "@outgraph/outbox";
import { afterAll, beforeAll, describe } from "vitest";
import { appendStoreContract } from "../../test/append-store-contract.ts";
import { GROUP_RULES } from "../../test/group-rules.ts";
import { type OwnDatabase, ownDatabase } from "../../test/mongo-database.ts";
import { mongoAppendStore } from "./append-store.ts";

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(async () => {
  await own[Symbol.asyncDispose]();
});

describe("in MongoDB", () => {
  appendStoreContract(async () => {
    const { db, mongo, access } = own;
    await db.collection(COLLECTION.entries).deleteMany({});
    for (const { name } of await db.listCollections({ name: /^(?!outbox)/ }).toArray()) {
      await db.dropCollection(name);
    }
    const { meta } = access.required;
    await meta.updateOne({ _id: META_ID.purge }, { $set: { horizon: new Date(-1) } });
    return {
      store: mongoAppendStore(mongo, access, GROUP_RULES),
      database: db.databaseName,
      createCollection: async (name) => void (await db.createCollection(name)),
      documents: (name) => db.collection(name).find().toArray(),
      entries: () => db.collection(COLLECTION.entries).countDocuments(),
      raisePurgeHorizon: async (to) => {
        await meta.updateOne({ _id: META_ID.purge }, { $set: { horizon: to } });
      },
    };
  });
});
