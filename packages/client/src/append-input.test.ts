import { create } from "@bufbuild/protobuf";
import { mergeNode, newEntryId, node, ValueSchema } from "@outgraph/events";
import { expect, test, vi } from "vitest";
import { sizedAppend } from "./append-input.ts";
import { InvalidArgumentError, ResourceExhaustedError } from "./errors.ts";
import { insertOne } from "./writes.ts";

// Megabytes are encoded.
vi.setConfig({ testTimeout: 60_000 });

const id = newEntryId();
const HAPPENED = { type: "a.B" };

function refusal(input: Parameters<typeof sizedAppend>[2]): unknown {
  try {
    return sizedAppend("test", id, input);
  } catch (error) {
    return error;
  }
}

test("an entry above 8 MiB is refused before it is sent, by its field", () => {
  const half = mergeNode(node("A", { id: 1n }), { set: { p: new Uint8Array(4 << 20) } });

  const error = refusal({ id, events: [{ ...HAPPENED, mutations: [half, half] }] });

  expect(error).toBeInstanceOf(ResourceExhaustedError);
  expect(error).toMatchObject({ entryId: id, attempts: 0, retryAfterMs: undefined });
  expect(error).toMatchObject({ fieldViolations: [{ field: "entry" }] });
});

test("a request above 16 MiB is refused before it is sent, as the service refuses it", () => {
  const third = insertOne("c", { data: Buffer.alloc(6 << 20) });

  const error = refusal({ id, events: [HAPPENED], writes: [third, third, third] });
  const fits = sizedAppend("test", id, { id, events: [HAPPENED], writes: [third, third] });

  expect(error).toBeInstanceOf(ResourceExhaustedError);
  expect(error).toMatchObject({ entryId: id, attempts: 0, fieldViolations: [] });
  expect(fits.bytes).toBeGreaterThan(12 << 20);
});

test("what cannot be encoded is refused by name", () => {
  const tooBig = create(ValueSchema, { kind: { case: "int64Value", value: 2n ** 70n } });
  const mutations = [mergeNode(node("A", { id: 1n }), { set: { p: tooBig } })];

  const error = refusal({ id, events: [{ ...HAPPENED, mutations }] });

  expect(error).toBeInstanceOf(InvalidArgumentError);
  expect(error).toMatchObject({ message: expect.stringContaining("int64_value") });
});
