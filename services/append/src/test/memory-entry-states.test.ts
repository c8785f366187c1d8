import { entryIdTime, newEntryId } from "@outgraph/events";
import { describe } from "vitest";
import { entryStatesContract } from "./entry-states-contract.ts";
import { MemoryEntryStates } from "./memory-entry-states.ts";

describe("in memory", () => {
  entryStatesContract(() => {
    const states = new MemoryEntryStates();
    const done = (): Promise<void> => Promise.resolve();
    return Promise.resolve({
      states,
      store: (id = newEntryId()) => {
        states.store(id);
        return Promise.resolve(id);
      },
      apply: (ids, bookmark) => {
        states.decide(ids, {
          state: "applied",
          ackedAt: new Date(),
          ...(bookmark !== undefined && { bookmark }),
        });
        return done();
      },
      skip: (id, reason) => {
        states.decide([id], { state: "skipped", reason, by: "test", ackedAt: new Date() });
        return done();
      },
      park: (id, reason) => {
        states.decide([id], { state: "parked", reason, since: new Date() });
        return done();
      },
      block: (id, behind) => {
        states.decide([id], { state: "blocked", behind: [behind], since: new Date() });
        return done();
      },
      unpark: done,
      emptied: (emptied) => {
        states.emptied = emptied;
        return done();
      },
      purge: (id) => {
        states.purgeHorizon = entryIdTime(id);
        states.purge(id);
        return done();
      },
    });
  });
});
