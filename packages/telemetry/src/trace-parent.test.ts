import { expect, test } from "vitest";
import { parseTraceParent, traceParentOf } from "./trace-parent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test("a traceparent is read", () => {
  expect(parseTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    sampled: true,
  });
  expect(parseTraceParent(`00-${TRACE}-${SPAN}-02`)).toMatchObject({ sampled: false });
  expect(parseTraceParent(`01-${TRACE}-${SPAN}-03-more`)).toMatchObject({ sampled: true });
  expect(traceParentOf(` 00-${TRACE}-${SPAN}-00 `)).toBe(`00-${TRACE}-${SPAN}-00`);
});

test.each([
  "",
  "00",
  `ff-${TRACE}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `01-${TRACE}-${SPAN}-01-${"x".repeat(300)}`,
])("what is malformed is no traceparent: %j", (text) => {
  expect(traceParentOf(text)).toBeUndefined();
});
