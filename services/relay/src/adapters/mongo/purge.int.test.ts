import {
  entryIdOf,
  META_ID,
  type PurgeDocument,
  STAMPED_BY_SERVER,
  skipDocument,
} from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { afterEach } from "vitest";
import { purgeContract } from "../../test/purge-contract.ts";
import { RealOutbox } from "../../test/real-outbox.ts";

let real: RealOutbox | undefined;
afterEach(async () => {
  await real?.[Symbol.asyncDispose]();
  real = undefined;
});

purgeContract("MongoDB", async () => {
  const made = await RealOutbox.make();
  real = made;
  const { entries, parked, meta, acks } = made.collections;
  const said = async (): Promise<PurgeDocument> =>
    (await meta.findOne({ _id: META_ID.purge })) as unknown as PurgeDocument;
  return {
    outbox: made.adapter(),
    append: (entry) => made.append(entry),
    park: (id) => made.park(id),
    skip: async (entry) => {
      const skip = { entry, at: STAMPED_BY_SERVER, reason: "test", by: "ann" };
      await acks.insertOne(skipDocument({ ...skip, skippedAt: new Date() }));
    },
    stored: async () => ({
      entries: (await entries.find().sort({ at: 1 }).toArray()).map(({ _id }) => entryIdOf(_id)),
      parked: (await parked.find().toArray()).map(({ _id }) => entryIdOf(_id)),
    }),
    purgeHorizonMs: async () => (await said()).horizon.getTime(),
    retentionMs: async () => Number((await said()).retentionMs),
    pass: async () => {
      const hello = () => made.client.db("admin").command({ hello: 1 });
      const written = (await hello())["localTime"].getTime();
      await waitUntil(async () => (await hello())["localTime"].getTime() >= written + 1_000, {
        what: "a second passes on the server",
        timeoutMs: 30_000,
      });
    },
  };
});
