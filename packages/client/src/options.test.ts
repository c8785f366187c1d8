import { expect, test } from "vitest";
import { createOutgraphClient } from "./client.ts";
import { checked } from "./options.ts";

const URL = "http://127.0.0.1:8480";

test("every option that is out of range is named at once", () => {
  const make = () =>
    createOutgraphClient({
      url: "127.0.0.1:8480",
      source: "x".repeat(129),
      timeoutMs: 0,
      attemptTimeoutMs: Number.NaN,
      retries: { delayMsMin: 60_001, delayMsMax: 0 },
      callsMax: 65,
    });

  expect(make).toThrow(RangeError);
  for (const name of [
    "timeoutMs must be 1 to 3600000, not 0",
    "attemptTimeoutMs must",
    "retries.delayMsMin must",
    "retries.delayMsMax must",
    "callsMax must be 1 to 64, not 65",
    "bytes of source must be 1 to 128, not 129",
    'url must be an http or https URL, not "127.0.0.1:8480"',
  ]) {
    expect(make).toThrow(name);
  }
});

test("certificates for a service without TLS are refused, not ignored", () => {
  expect(() => checked({ url: URL, tls: { ca: "x" } })).toThrow(/use https/);
});

test("what is not given has its default", () => {
  expect(checked({ url: URL, retries: { delayMsMin: 1 } })).toEqual({
    url: URL,
    timeoutMs: 30_000,
    attemptTimeoutMs: 10_000,
    retries: { delayMsMin: 1, delayMsMax: 5_000 },
    callsMax: 2,
  });
});
