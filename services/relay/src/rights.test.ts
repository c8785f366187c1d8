import { RelayService } from "@outgraph/events";
import { type Grants, HealthService } from "@outgraph/rpc-server";
import { expect, test } from "vitest";
import { relayDenied } from "./rights.ts";

const grants = (relay: Grants["relay"]): Grants => {
  const none = new Set<string>();
  return { collections: none, labels: none, edgeTypes: none, relay };
};

test("who may read may ask, and only who may operate may change anything", () => {
  const may = (relay: Grants["relay"]) =>
    RelayService.methods
      .filter((method) => relayDenied(grants(relay), method) === undefined)
      .map(({ name }) => name);

  expect(may("none")).toEqual([]);
  expect(may("read")).toEqual(["Status", "WatchStatus", "ListParked", "Explain"]);
  expect(may("operate")).toHaveLength(RelayService.methods.length);
  expect(relayDenied(grants("read"), RelayService.method.skipParked)).toBe(
    'needs the grant "relay": "operate"',
  );
});

test("a call of another service is not the relay's to refuse", () => {
  expect(relayDenied(grants("none"), HealthService.methods[0]!)).toBeUndefined();
});
