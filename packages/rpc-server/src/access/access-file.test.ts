import { expect, test } from "vitest";
import { accessList } from "./access-file.ts";
import { hashedKey, newKey } from "./keys.ts";

const file = (principals: object): string => JSON.stringify({ principals });

test("a key leads to its principal and its grants, and no other text does", () => {
  const [ingest, next, shop] = [newKey(), newKey(), newKey()];
  const list = accessList(
    file({
      ingest: {
        keys: [hashedKey(ingest), hashedKey(next)],
        certificates: ["DNS:ingest.internal", "CN=ingest"],
        subjects: ["service-ingest"],
        collections: ["app.files", "logs.*"],
        labels: ["File", "Symbol_2"],
        edgeTypes: ["*"],
        relay: "read",
      },
      shop: { keys: [hashedKey(shop)] },
    }),
  );

  expect(list.size).toBe(2);
  expect(list.byKey(ingest)).toEqual({
    name: "ingest",
    grants: {
      collections: new Set(["app.files", "logs.*"]),
      labels: new Set(["File", "Symbol_2"]),
      edgeTypes: new Set(["*"]),
      relay: "read",
    },
  });
  expect(list.byKey(next)).toBe(list.byKey(ingest));
  expect(list.bySubject("service-ingest")).toBe(list.byKey(ingest));
  expect(list.byCertificate(["DNS:other", "CN=ingest"])).toBe(list.byKey(ingest));
  expect(list.byKey(shop)).toMatchObject({ name: "shop", grants: { relay: "none" } });
  for (const wrong of ["", "ingest", newKey(), hashedKey(ingest), ingest.slice(0, -1)]) {
    expect(list.byKey(wrong)).toBeUndefined();
  }
  // A name alone opens nothing: who may choose names elsewhere could choose this one.
  expect(list.bySubject("ingest")).toBeUndefined();
  expect(list.byCertificate(["CN=shop", "DNS:ingest", "constructor"])).toBeUndefined();
  expect(list.byCertificate([])).toBeUndefined();
});

test("keys are 256 random bits, and only their hash is kept", () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));

  expect(keys.size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^outgraph_[\w-]{43}$/);
  expect(hashedKey("test")).toBe(
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  );
});

const SHARED = hashedKey(newKey());
test.each([
  ["no JSON", '{"principals": {', "it is not JSON"],
  ["no principals", "{}", "principals: "],
  ["a misspelt grant", file({ a: { lables: ["A"] } }), 'principals.a: Unrecognized key: "lables"'],
  [
    "a key in the clear",
    file({ a: { keys: ["outgraph_x"] } }),
    "principals.a.keys[0]: must be sha256:",
  ],
  [
    "a pattern that is none",
    file({ a: { labels: ["A", "Sym*"] } }),
    "principals.a.labels[1]: must be a label, or *",
  ],
  [
    "a type that is none",
    file({ a: { edgeTypes: ["HAS-A"] } }),
    "principals.a.edgeTypes[0]: must be an edge type",
  ],
  [
    "a collection without its database",
    file({ a: { collections: ["files"] } }),
    "principals.a.collections[0]: must be database.collection",
  ],
  ["half a star", file({ a: { collections: ["app.fi*"] } }), "principals.a.collections[0]: "],
  ["an unknown right", file({ a: { relay: "admin" } }), "principals.a.relay: "],
  [
    "one key of two",
    file({ a: { keys: [SHARED] }, b: { keys: [SHARED] } }),
    "principals.b.keys[0]: is already one of a",
  ],
  [
    "a certificate's name of no kind",
    file({ a: { certificates: ["ingest"] } }),
    "principals.a.certificates[0]: must be CN=",
  ],
  [
    "a subject of two",
    file({ a: { subjects: ["x"] }, b: { subjects: ["x"] } }),
    "principals.b.subjects[0]: is already one of a",
  ],
  [
    "a name that would spoil a log",
    file({ "a\nb": {} }),
    "principals.a?b: a principal's name has 1 to 64 characters",
  ],
])("a file with %s is refused, and the error names the place and no value", (_, text, message) => {
  expect(() => accessList(text)).toThrow(message);
  expect(() => accessList(text)).not.toThrow("outgraph_x");
});
