import { expect, test } from "vitest";
import { protocolOf } from "./sniff.ts";

test.each([
  ["", "more"],
  ["P", "more"],
  ["PR", "more"],
  ["PRI", "h2"],
  ["PRI * HTTP/2.0\r\n", "h2"],
  ["PROPFIND", "h1"],
  ["POST", "h1"],
  ["GET", "h1"],
  ["\x16\x03", "h1"],
] as const)("%j begins %s", (start, protocol) => {
  expect(protocolOf(Buffer.from(start))).toBe(protocol);
});
