import { expect, test } from "vitest";
import { TimedOut, waitUntil } from "./wait-until.ts";

test("what the condition gives is given on", async () => {
  const answers = [undefined, false, "yes"] as const;
  let asked = 0;
  const value = await waitUntil(() => answers[asked++], { what: "", timeoutMs: 5_000, everyMs: 1 });
  expect(value).toBe("yes");
});

test("a condition that never holds is told with its last error", async () => {
  const failing = waitUntil(() => Promise.reject(new Error("connection refused")), {
    what: "mongod answers",
    timeoutMs: 1,
  });
  await expect(failing).rejects.toThrow(TimedOut);
  await expect(failing).rejects.toThrow("not within 1 ms: mongod answers: connection refused");
});
