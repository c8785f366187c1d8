import { afterEach } from "vitest";
import { parkingContract } from "../../test/parking-contract.ts";
import { RealOutbox } from "../../test/real-outbox.ts";

let real: RealOutbox | undefined;
afterEach(async () => {
  await real?.[Symbol.asyncDispose]();
  real = undefined;
});

parkingContract("MongoDB", async () => {
  const made = await RealOutbox.make();
  real = made;
  return {
    outbox: made.adapter(),
    other: made.adapter(),
    append: (entry) => made.append(entry),
  };
});
