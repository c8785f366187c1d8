import { afterEach } from "vitest";
import { outboxContract } from "../../test/outbox-contract.ts";
import { RealOutbox } from "../../test/real-outbox.ts";

let real: RealOutbox | undefined;

afterEach(async () => {
  await real?.[Symbol.asyncDispose]();
  real = undefined;
});

outboxContract("MongoDB", async () => {
  const made = await RealOutbox.make();
  real = made;
  return {
    outbox: made.adapter(),
    other: made.adapter(),
    append: (entry) => made.append(entry),
    insert: (entry) => made.insert(entry),
    park: (id) => made.park(id),
    drop: async () => void (await made.collections.entries.drop()),
  };
});
