import { ManualClock } from "./manual-clock.ts";
import { MemoryOutbox } from "./memory-outbox.ts";
import { purgeContract } from "./purge-contract.ts";

purgeContract("in memory", async () => {
  const clock = new ManualClock();
  const outbox = new MemoryOutbox(clock);
  return {
    outbox,
    append: async (entry) => outbox.append(entry),
    park: async (id) => void outbox.parked.add(id),
    skip: async (id) => outbox.purging.skip(id),
    stored: async () => ({
      entries: outbox.stored.map(({ id }) => id),
      parked: [...outbox.parked],
    }),
    purgeHorizonMs: async () => outbox.purging.horizonMs,
    retentionMs: async () => outbox.purging.retentionMs,
    pass: () => clock.advance(2_000),
  };
});
