import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ablated, OF_THE_RELAY } from "./ablations.ts";

test.each(OF_THE_RELAY.map((each) => [each.name, each] as const))(
  "%s takes away what stands in the source exactly once",
  (_, ablation) => {
    const path = fileURLToPath(new URL(`../../../../${ablation.file}`, import.meta.url));
    const source = readFileSync(path, "utf8");

    const without = ablated(ablation, path, () => source);

    expect(without).not.toBe(source);
    expect(without).not.toContain(ablation.find);
  },
);

test("no other file is touched", () => {
  for (const each of OF_THE_RELAY) expect(ablated(each, "/elsewhere", () => "")).toBeUndefined();
});
