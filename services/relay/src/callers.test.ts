import { LINKS_MAX } from "@outgraph/telemetry";
import { expect, test } from "vitest";
import { callersOf } from "./callers.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const trace = (span: number, flags = "01") => ({
  trace: `00-${TRACE}-${span.toString(16).padStart(16, "0")}-${flags}`,
});

test("each caller that records is named once, however many others there are", () => {
  const others = Array.from({ length: 1_000 }, (_, n) => trace(n + 100, "00"));

  const found = callersOf([trace(1), { trace: undefined }, ...others, trace(2), trace(1)]);

  expect(found).toEqual([trace(1).trace, trace(2).trace]);
});

test("no more are named than a span links to", () => {
  const all = Array.from({ length: LINKS_MAX + 1 }, (_, n) => trace(n + 1));

  expect(callersOf(all)).toEqual(all.slice(0, LINKS_MAX).map((each) => each.trace));
});
