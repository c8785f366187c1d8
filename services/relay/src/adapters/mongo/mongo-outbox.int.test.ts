import { afterEach, expect, test } from "vitest";
import { outboxContract } from "../../test/outbox-contract.ts";
import { RealOutbox } from "../../test/real-outbox.ts";

let real: RealOutbox | undefined;

afterEach(async () => {
  await real?.[Symbol.asyncDispose]();
  real = undefined;
});

test("an outbox whose entries were dropped while no relay ran is refused, not made anew", async () => {
  real = await RealOutbox.make();
  await real.collections.entries.drop();

  await expect(real.adapter().open()).rejects.toMatchObject({
    failure: { kind: "unknown" },
    message: expect.stringContaining("dropped"),
  });
});

test("a database without an outbox gets one", async () => {
  real = await RealOutbox.make();
  await real.client.db(real.database).dropDatabase();

  const { incarnation } = await real.adapter().open();

  expect(incarnation).toMatch(/^[0-9a-f-]{36}$/);
});

outboxContract("MongoDB", async () => {
  const made = await RealOutbox.make();
  real = made;
  return {
    outbox: made.adapter(),
    other: made.adapter(),
    append: (entry, trace) => made.append(entry, trace),
    insert: (entry) => made.insert(entry),
    park: (id) => made.park(id),
    drop: async () => void (await made.collections.entries.drop()),
  };
});
