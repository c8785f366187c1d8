import { EJSON } from "bson";
import { describe } from "vitest";
import { appendStoreContract } from "./append-store-contract.ts";
import { MemoryAppendStore } from "./memory-append-store.ts";

describe("in memory", () => {
  appendStoreContract(() => {
    const store = new MemoryAppendStore();
    return Promise.resolve({
      store,
      database: "app",
      createCollection: (name) => {
        store.collections.set(`app.${name}`, []);
        return Promise.resolve();
      },
      // The plain JavaScript values, as a driver gives them.
      documents: (name) =>
        Promise.resolve(EJSON.parse(EJSON.stringify(store.collections.get(`app.${name}`)))),
      entries: () => Promise.resolve(store.entries.size),
      raisePurgeHorizon: (to) => {
        store.purgeHorizon = to.getTime();
        return Promise.resolve();
      },
    });
  });
});
