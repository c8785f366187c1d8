import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createRegistry,
  type DescMessage,
  type DescOneof,
  fromBinary,
  fromJson,
  type JsonValue,
} from "@bufbuild/protobuf";
import {
  AppendManyRequestSchema,
  type AppendRequest,
  AppendRequestSchema,
  canonicalBytes,
  contentDigest,
  DocumentWriteSchema,
  EntrySchema,
  EntryState,
  EntryStateSchema,
  entryIdFor,
  file_outgraph_append_v1_outbox_service,
  GetEntryRequestSchema,
  GetEntryResponseSchema,
  ListSchema,
  type MutationKind,
  MutationSchema,
  StatusSchema,
  unsupportedMutations,
  ValueSchema,
  violationsOf,
  WaitAppliedRequestSchema,
} from "@outgraph/events";
import { describe, expect, test } from "vitest";
import { INVALID } from "./all-refusals.ts";
import { allDeeds, note } from "./deeds.ts";
import { DETAILS, goldenFiles } from "./golden.ts";
import { brokenRules, rulePlaces } from "./rules.ts";

interface Vector {
  readonly name: string;
  readonly json: JsonValue | null;
  readonly bytes: string;
  readonly type?: string;
  readonly digest?: string;
  readonly types?: readonly string[];
  readonly code?: string;
  readonly violations?: readonly string[];
}

const read = async <Row>(name: string): Promise<Row[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, "../golden", name), "utf8")) as Row[];

const values = await read<Vector>("values.json");
const mutations = await read<Vector>("mutations.json");
const requests = await read<Vector>("requests.json");
const refusals = await read<Vector>("refusals.json");
const entries = await read<Vector>("entries.json");
const outcomes = await read<Vector>("outcomes.json");
const ids = await read<{ name: string; time: string; text: string; id: string }>("ids.json");

const TYPES = createRegistry(file_outgraph_append_v1_outbox_service, StatusSchema, ...DETAILS);

/** The type of a row, which says it where its file holds several. */
function typeOf({ type }: Vector): DescMessage {
  const found = type === undefined ? undefined : TYPES.getMessage(type);
  if (found === undefined) throw new Error(`no message ${type}`);
  return found;
}

/** A version that supports every mutation of the contract still refuses what it does not know. */
const EVERY_KIND = new Set(
  oneof(MutationSchema, "kind").fields.map((field) => field.localName as MutationKind),
);

const valid: readonly (readonly [string, (row: Vector) => DescMessage, readonly Vector[]])[] = [
  ["values", () => ValueSchema, values],
  ["mutations", () => MutationSchema, mutations],
  ["entries", () => EntrySchema, entries],
  ["requests", () => AppendRequestSchema, requests],
  ["outcomes", typeOf, outcomes],
];

for (const [file, schemaOf, vectors] of valid) {
  describe(file, () => {
    test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (name, vector) => {
      const schema = schemaOf(vector);
      const bytes = Buffer.from(vector.bytes, "base64");
      const message = fromBinary(schema, bytes);

      expect(Buffer.from(canonicalBytes(schema, message))).toEqual(bytes);
      expect(violationsOf(schema, message)).toEqual([]);
      note(file, name, "read");
      if (vector.json === null) return;
      const said = fromJson(schema, vector.json, { registry: TYPES });
      expect(Buffer.from(canonicalBytes(schema, said))).toEqual(bytes);
      note(file, name, "written");
    });
  });
}

test.each(requests.map((vector) => [vector.name, vector] as const))(
  "the digest of request %s",
  (name, vector) => {
    const request = fromBinary(AppendRequestSchema, Buffer.from(vector.bytes, "base64"));

    const digest = contentDigest({ events: request.entry?.events ?? [], writes: request.writes });

    expect(Buffer.from(digest).toString("hex")).toBe(vector.digest);
    note("requests", name, "digested");
  },
);

test.each(entries.map((vector) => [vector.name, vector] as const))(
  "the digest and types of entry %s",
  (name, vector) => {
    const { events } = fromBinary(EntrySchema, Buffer.from(vector.bytes, "base64"));

    const digest = contentDigest({ events });

    expect(Buffer.from(digest).toString("hex")).toBe(vector.digest);
    expect([...new Set(events.map(({ type }) => type))]).toEqual(vector.types);
    note("entries", name, "digested");
  },
);

test.each(refusals.map((vector) => [vector.name, vector] as const))(
  "refused: %s",
  (name, vector) => {
    const schema = typeOf(vector);
    const request = fromBinary(schema, Buffer.from(vector.bytes, "base64"));

    const found =
      vector.code === "INVALID_ARGUMENT"
        ? violationsOf(schema, request)
        : unsupportedMutations((request as AppendRequest).entry!, EVERY_KIND).map((one) => ({
            ...one,
            field: `entry.${one.field}`,
          }));

    expect(found.map(({ field, rule }) => `${field} ${rule}`).sort()).toEqual(
      vector.violations?.toSorted(),
    );
    note("refusals", name, "refused");
  },
);

test.each(ids)("the id of $name", ({ name, time, text, id }) => {
  expect(entryIdFor(new Date(time), text)).toBe(id);
  note("ids", name, "made");
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

test("every rule of the contract has a request that breaks it", () => {
  const rules = rulePlaces([
    AppendRequestSchema,
    AppendManyRequestSchema,
    GetEntryRequestSchema,
    WaitAppliedRequestSchema,
  ]);
  const broken = Object.values(INVALID).flatMap(({ schema, request }) =>
    brokenRules(schema, request),
  );

  expect(rules.size).toBeGreaterThan(200);
  expect([...rules.difference(new Set(broken))]).toEqual([]);
});

test("every state of an entry has an outcome", () => {
  const states = outcomes
    .filter(({ type }) => type === GetEntryResponseSchema.typeName)
    .map(({ bytes }) => fromBinary(GetEntryResponseSchema, Buffer.from(bytes, "base64")).state);

  const known = EntryStateSchema.values.map(({ number }) => number);
  expect(states.toSorted()).toEqual(known.filter((state) => state !== EntryState.UNSPECIFIED));
});

test("each vector has a name of its own in its file", () => {
  const deeds = allDeeds();

  expect(new Set(deeds).size).toBe(deeds.length);
});

function oneof(schema: DescMessage, name: string): DescOneof {
  const found = schema.oneofs.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${schema.typeName} has no oneof ${name}`);
  return found;
}
