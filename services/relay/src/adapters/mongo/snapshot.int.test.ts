import { afterEach, beforeEach, expect, test } from "vitest";
import { canary } from "../../test/entries.ts";
import { RealOutbox } from "../../test/real-outbox.ts";
import { Snapshot } from "./snapshot.ts";

let real: RealOutbox;
beforeEach(async () => {
  real = await RealOutbox.make();
});
afterEach(() => real[Symbol.asyncDispose]());

test("a snapshot has what had committed by its time, and nothing that committed since", async () => {
  const before = await real.append(canary());
  const session = real.client.startSession({ causalConsistency: true });
  const snapshot = await Snapshot.take(real.collections, session);
  await real.append(canary());

  const found: string[] = [];
  const every = { filter: {}, projection: { _id: 1 } };
  for await (const { _id } of snapshot.find(real.collections.entries, every)) found.push(`${_id}`);
  await session.endSession();

  expect(found).toEqual([before]);
});
