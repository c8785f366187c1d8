import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  type Message,
} from "@bufbuild/protobuf";
import { type ReflectList, type ReflectMap, reflect } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import fc from "fast-check";
import { expect, test } from "vitest";
import { field as fieldOption, message as messageOption } from "./gen/buf/validate/validate_pb.ts";
import { file_outgraph_entry_v1_entry } from "./gen/outgraph/entry/v1/entry_pb.ts";
import { file_outgraph_graph_v1_mutation } from "./gen/outgraph/graph/v1/mutation_pb.ts";
import { file_outgraph_graph_v1_value } from "./gen/outgraph/graph/v1/value_pb.ts";
import { AppendRequestSchema, MutationSchema, newEntryId, ValueSchema } from "./index.ts";
import { QUICK_CEL } from "./quick-cel.ts";
import { surelyValid } from "./quick-check.ts";

const validator = createValidator();
type Pick = (count: number) => number;

// Mostly what is allowed, so that whole messages often are; and what lies around every bound.
const FINE = ["a", "Thing", "name_1", "_x", "b"];
const STRANGE = [
  ...[
    "",
    "Outgraph",
    "Outgraphs",
    "__a",
    "1a",
    "a b",
    "a\n",
    "a$",
    "a.b",
    "a/b",
    "a\0",
    "Größe",
    "日本",
  ],
  ...["é", "x".repeat(63), "x".repeat(64), "x".repeat(65), "x".repeat(128), "x".repeat(129)],
  ...[
    "x".repeat(256),
    "x".repeat(257),
    "x".repeat(2_048),
    "x".repeat(2_049),
    "😀".repeat(33),
    newEntryId(),
  ],
  ...["", newEntryId().toUpperCase(), "0199a3b2-0000-4000-8000-000000000000"],
];
const ENTRY_ID = newEntryId();
const WHOLE = [0n, 1n, 5n, 59n];
const STRANGE_WHOLE = [
  ...[-1n, 64_800n, 64_801n, -64_800n, -64_801n, 999_999_999n, 1_000_000_000n, 2n ** 31n - 1n],
  ...[4_326n, 4_979n, 7_203n, 9_157n, 86_399_999_999_999n, 86_400_000_000_000n],
  ...[-62_135_596_800n, -62_135_596_801n, 253_402_300_799n, 253_402_300_800n],
];
const REAL = [0, 1.5, -90, 90];
const STRANGE_REAL = [90.1, -180, 180, 180.1, Number.NaN, Number.POSITIVE_INFINITY, -0];

/** A random message of a schema; `odd` says how seldom (one in so many) a leaf is strange. */
function messageOf(schema: DescMessage, pick: Pick, odd: number, depth = 0): Message {
  const message = create(schema);
  const to = reflect(schema, message);
  for (const member of schema.members) {
    const field = member.kind === "oneof" ? member.fields[pick(member.fields.length)] : member;
    const seldom = member.kind === "oneof" || field?.fieldKind === "message";
    if (field === undefined || pick(seldom ? odd : 4) === 0) continue;
    fill(to, field, pick, odd, depth + 1);
  }
  return message;
}

function fill(
  to: ReturnType<typeof reflect>,
  field: DescField,
  pick: Pick,
  odd: number,
  depth: number,
) {
  const inner = (of: DescMessage) => reflect(of, messageOf(of, pick, odd, depth));
  const size = pick(odd) === 0 ? 9 : pick(4);
  switch (field.fieldKind) {
    case "scalar":
      if (field.name === "id" && pick(odd) > 0) return to.set(field, ENTRY_ID as never);
      return to.set(field, leaf(field.scalar, pick, odd) as never);
    case "enum":
      return to.set(field, (pick(odd) === 0 ? 7 : pick(2)) as never);
    case "message":
      return to.set(field, inner(field.message) as never);
    case "list": {
      const list = to.get(field) as ReflectList;
      for (let i = 0; i < size; i++) {
        if (field.listKind === "message") list.add(inner(field.message) as never);
        else if (field.listKind === "scalar") list.add(leaf(field.scalar, pick, odd));
      }
      return;
    }
    case "map": {
      const map = to.get(field) as ReflectMap;
      for (let i = 0; i < size; i++) {
        if (field.mapKind === "message") map.set(leaf(9, pick, odd), inner(field.message) as never);
      }
    }
  }
}

function leaf(scalar: number, pick: Pick, odd: number): never {
  const from = <T>(fine: readonly T[], strange: readonly T[]): T =>
    (pick(odd) === 0 ? strange[pick(strange.length)] : fine[pick(fine.length)]) as T;
  switch (scalar) {
    case 1:
    case 2:
      return from(REAL, STRANGE_REAL) as never;
    case 3:
    case 18:
      return from(WHOLE, STRANGE_WHOLE) as never;
    case 5:
    case 17:
      return Number(BigInt.asIntN(32, from(WHOLE, STRANGE_WHOLE))) as never;
    case 13:
      return Number(BigInt.asUintN(32, from(WHOLE, STRANGE_WHOLE))) as never;
    case 8:
      return (pick(4) === 0) as never;
    case 9:
      return from(FINE, STRANGE) as never;
    case 12:
      return new Uint8Array(from([5, 20], [0, 4])) as never;
    default:
      throw new Error(`no values of scalar ${scalar}`);
  }
}

const ascii = (message: Message): boolean =>
  /^[\0-\x7f]*$/.test(JSON.stringify(message, (_, v) => (typeof v === "bigint" ? String(v) : v)));

test.each([
  ["mutations", MutationSchema, 8],
  ["mutations, mostly good", MutationSchema, 60],
  ["values", ValueSchema, 6],
  ["requests, mostly good", AppendRequestSchema, 4_000],
])("what is surely valid is what protovalidate finds valid: %s", (_, schema, odd) => {
  let valid = 0;
  let sure = 0;
  fc.assert(
    fc.property(fc.gen(), (gen) => {
      const message = messageOf(schema, (count) => gen(fc.nat, { max: count - 1 }), odd);

      const quick = surelyValid(schema, message);
      const slow = validator.validate(schema, message as never).kind === "valid";

      if (quick || ascii(message)) expect(quick).toBe(slow);
      valid += Number(slow);
      sure += Number(quick);
    }),
    { numRuns: 800 },
  );
  // Both sides were seen, and speed is not for nothing.
  expect(valid).toBeGreaterThan(0);
  expect(valid).toBeLessThan(800);
  expect(sure).toBeGreaterThan(0);
});

test("every CEL rule of the contract has its quick form", () => {
  const used = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
    if ("expression" in value) used.add(String(value.expression));
    for (const inner of Object.values(value)) gather(inner);
  };
  for (const file of [
    file_outgraph_graph_v1_mutation,
    file_outgraph_graph_v1_value,
    file_outgraph_entry_v1_entry,
  ]) {
    for (const message of file.messages) {
      gather(getOption(message, messageOption));
      for (const field of message.fields) gather(getOption(field, fieldOption));
    }
  }

  expect(used).toEqual(new Set(QUICK_CEL.keys()));
});
