import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type DescMessage,
  type DescOneof,
  fromBinary,
  fromJson,
  type JsonValue,
} from "@bufbuild/protobuf";
import {
  AppendRequestSchema,
  canonicalBytes,
  contentDigest,
  DocumentWriteSchema,
  entryIdFor,
  ListSchema,
  type MutationKind,
  MutationSchema,
  unsupportedMutations,
  ValueSchema,
  violationsOf,
} from "@outgraph/events";
import { describe, expect, test } from "vitest";
import { goldenFiles } from "./golden.ts";

interface Vector {
  readonly name: string;
  readonly json: JsonValue | null;
  readonly bytes: string;
  readonly digest?: string;
  readonly code?: string;
  readonly violations?: readonly string[];
}

const read = async <Row>(name: string): Promise<Row[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, "../golden", name), "utf8")) as Row[];

const values = await read<Vector>("values.json");
const mutations = await read<Vector>("mutations.json");
const requests = await read<Vector>("requests.json");
const refusals = await read<Vector>("refusals.json");
const ids = await read<{ time: string; text: string; id: string }>("ids.json");

/** A version that supports every mutation of the contract still refuses what it does not know. */
const EVERY_KIND = new Set(
  oneof(MutationSchema, "kind").fields.map((field) => field.localName as MutationKind),
);

const valid: readonly (readonly [string, DescMessage, readonly Vector[]])[] = [
  ["value", ValueSchema, values],
  ["mutation", MutationSchema, mutations],
  ["request", AppendRequestSchema, requests],
];

for (const [what, schema, vectors] of valid) {
  describe(`${what}s`, () => {
    test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
      const bytes = Buffer.from(vector.bytes, "base64");
      const message = fromBinary(schema, bytes);

      expect(Buffer.from(canonicalBytes(schema, message))).toEqual(bytes);
      expect(violationsOf(schema, message)).toEqual([]);
      if (vector.json !== null) {
        const written = canonicalBytes(schema, fromJson(schema, vector.json));
        expect(Buffer.from(written)).toEqual(bytes);
      }
    });
  });
}

test.each(requests.map((vector) => [vector.name, vector] as const))(
  "the digest of request %s",
  (_name, vector) => {
    const request = fromBinary(AppendRequestSchema, Buffer.from(vector.bytes, "base64"));

    const digest = contentDigest({ events: request.entry?.events ?? [], writes: request.writes });

    expect(Buffer.from(digest).toString("hex")).toBe(vector.digest);
  },
);

test.each(refusals.map((vector) => [vector.name, vector] as const))(
  "refused: %s",
  (_name, vector) => {
    const request = fromBinary(AppendRequestSchema, Buffer.from(vector.bytes, "base64"));

    const found =
      vector.code === "INVALID_ARGUMENT"
        ? violationsOf(AppendRequestSchema, request)
        : unsupportedMutations(request.entry!, EVERY_KIND).map((one) => ({
            ...one,
            field: `entry.${one.field}`,
          }));

    expect(found.map(({ field, rule }) => `${field} ${rule}`).sort()).toEqual(
      vector.violations?.toSorted(),
    );
  },
);

test.each(ids)("the id of $time and $text", ({ time, text, id }) => {
  expect(entryIdFor(new Date(time), text)).toBe(id);
});

test("the committed vectors are the cases as this version writes them", async () => {
  for (const [name, text] of goldenFiles()) {
    expect(await readFile(join(import.meta.dirname, "../golden", name), "utf8"), name).toBe(text);
  }
});

test.each([
  ["value", oneof(ValueSchema, "kind"), ValueSchema, values],
  ["mutation", oneof(MutationSchema, "kind"), MutationSchema, mutations],
] as const)("every kind of %s has a vector", (_what, kinds, schema, vectors) => {
  const seen = vectors.map(
    ({ bytes }) => fromBinary(schema as typeof ValueSchema, Buffer.from(bytes, "base64")).kind.case,
  );

  for (const field of kinds.fields) expect(seen).toContain(field.localName);
});

test("every type of list and every kind of document write has a vector", () => {
  const lists = values.map(({ bytes }) => {
    const { kind } = fromBinary(ValueSchema, Buffer.from(bytes, "base64"));
    return kind.case === "listValue" ? kind.value.items.case : undefined;
  });
  const writes = requests.flatMap(({ bytes }) =>
    fromBinary(AppendRequestSchema, Buffer.from(bytes, "base64")).writes.map(
      (write) => write.operation.case,
    ),
  );

  for (const field of oneof(ListSchema, "items").fields) expect(lists).toContain(field.localName);
  for (const field of oneof(DocumentWriteSchema, "operation").fields) {
    expect(writes).toContain(field.localName);
  }
});

function oneof(schema: DescMessage, name: string): DescOneof {
  const found = schema.oneofs.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${schema.typeName} has no oneof ${name}`);
  return found;
}
