import { expect, test } from "vitest";
import { type Grants, mayEdgeType, mayLabel, mayRelay, mayWrite } from "./grants.ts";

const grants = (of: Partial<Record<"collections" | "labels" | "edgeTypes", string[]>>): Grants => ({
  collections: new Set(of.collections),
  labels: new Set(of.labels),
  edgeTypes: new Set(of.edgeTypes),
  relay: "none",
});

test.each([
  ["app.files", "app", "files", true],
  ["app.files", "app", "files.parts", false],
  ["app.files", "app2", "files", false],
  ["app.*", "app", "files.parts", true],
  ["app.*", "app2", "files", false],
  ["*", "app2", "files", true],
])("granted %s, a write to %s.%s: %s", (granted, database, collection, may) => {
  expect(mayWrite(grants({ collections: [granted] }), database, collection)).toBe(may);
});

test("a label or type is granted by its name, or with all", () => {
  expect(mayLabel(grants({ labels: ["A"] }), "A")).toBe(true);
  expect(mayLabel(grants({ labels: ["A"] }), "AB")).toBe(false);
  expect(mayLabel(grants({ labels: ["A"] }), undefined)).toBe(false);
  expect(mayLabel(grants({ labels: ["*"] }), undefined)).toBe(true);
  expect(mayEdgeType(grants({ edgeTypes: ["A"] }), "A")).toBe(true);
  expect(mayEdgeType(grants({ edgeTypes: ["A"] }), "a")).toBe(false);
  expect(mayEdgeType(grants({ edgeTypes: ["*"] }), "B")).toBe(true);
});

test("nothing is granted that is not named", () => {
  const none = grants({});

  expect(mayWrite(none, "app", "files")).toBe(false);
  expect(mayLabel(none, "")).toBe(false);
  expect(mayEdgeType(none, "")).toBe(false);
  expect(mayRelay(none, "read")).toBe(false);
});

test("who may operate the relay may read it too, and not the other way round", () => {
  const right = (relay: Grants["relay"]) => ({ ...grants({}), relay });

  expect(mayRelay(right("operate"), "read")).toBe(true);
  expect(mayRelay(right("operate"), "operate")).toBe(true);
  expect(mayRelay(right("read"), "read")).toBe(true);
  expect(mayRelay(right("read"), "operate")).toBe(false);
});
