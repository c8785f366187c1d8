import { SYSTEM_CLOCK } from "../clock.ts";
import { MemoryOutbox } from "./memory-outbox.ts";
import { parkingContract } from "./parking-contract.ts";

parkingContract("in memory", async () => {
  const outbox = new MemoryOutbox(SYSTEM_CLOCK);
  return { outbox, other: outbox, append: async (entry) => outbox.append(entry) };
});
