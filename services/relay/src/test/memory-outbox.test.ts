import { SYSTEM_CLOCK } from "../clock.ts";
import { MemoryOutbox } from "./memory-outbox.ts";
import { outboxContract } from "./outbox-contract.ts";

outboxContract("in memory", async () => {
  const outbox = new MemoryOutbox(SYSTEM_CLOCK);
  return {
    outbox,
    other: outbox,
    append: async (entry, trace) => outbox.append(entry, trace),
    insert: async (entry) => {
      const stored = outbox.insert(entry);
      return async () => outbox.commit(stored);
    },
    park: async (id) => void outbox.parked.add(id),
    drop: async () => outbox.drop(),
  };
});
