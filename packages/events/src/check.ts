import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import type { Entry } from "./gen/outgraph/entry/v1/entry_pb.ts";
import type { Mutation } from "./gen/outgraph/graph/v1/mutation_pb.ts";
import { surelyValid } from "./quick-check.ts";

/** One rule of the schema that a message breaks. */
export interface Violation {
  /** Where, such as `events[0].mutations[2].merge_node.set["size"]`. */
  readonly field: string;
  /** What is wrong with it. */
  readonly message: string;
  /** The rule's id, such as `string.pattern`. */
  readonly rule: string;
}

/** The kind of a mutation, as protobuf-es names it: "mergeNode", … */
export type MutationKind = Exclude<Mutation["kind"]["case"], undefined>;

let validator: Validator | undefined;

/**
 * The rules of the schema that the message breaks; empty when it keeps them all.
 *
 * @throws Error when a rule itself cannot be evaluated, which is a bug of the schema.
 */
export function violationsOf<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
): Violation[] {
  if (surelyValid(schema, message)) return [];
  validator ??= createValidator();
  const result = validator.validate(schema, message);
  switch (result.kind) {
    case "valid":
      return [];
    case "invalid":
      return result.violations.map((violation) => ({
        field: pathToString(violation.field),
        message: violation.message,
        rule: violation.ruleId,
      }));
    case "error":
      throw result.error;
  }
}

/**
 * Where the entry holds mutations outside the given kinds, those of newer versions included; an
 * empty `Mutation` counts too, and so does a known one with a field of a newer version. Such an entry
 * is refused as unimplemented, never applied in part.
 */
export function unsupportedMutations(
  entry: Entry,
  supported: ReadonlySet<MutationKind>,
): Violation[] {
  const found: Violation[] = [];
  for (const [e, event] of entry.events.entries()) {
    for (const [m, mutation] of event.mutations.entries()) {
      const field = `events[${e}].mutations[${m}]`;
      const kind = mutation.kind.case;
      if (kind === undefined) {
        const message = "no mutation that this version knows";
        found.push({ field, message, rule: "mutation.unknown" });
      } else if (!supported.has(kind)) {
        const message = "this version does not apply such mutations yet";
        found.push({ field: `${field}.${snakeCase(kind)}`, message, rule: "mutation.unsupported" });
      } else if (holdsUnknown(mutation)) {
        for (const path of pathsOfUnknown(mutation, "")) {
          const message = "a field that this version does not know";
          found.push({ field: `${field}${path}`, message, rule: "field.unknown" });
        }
      }
    }
  }
  return found;
}

/** Whether a message, or one inside it, came with fields of a newer version. */
function holdsUnknown(part: object): boolean {
  // Own names alone: a message's prototype makes `for … in` several times slower.
  for (const name of Object.keys(part)) {
    if (name === "$unknown") return true;
    const value: unknown = (part as Record<string, unknown>)[name];
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) continue;
    if (holdsUnknown(value)) return true;
  }
  return false;
}

/** Paths of messages, inside this one, that came with fields of a newer version. */
function* pathsOfUnknown(part: object, path: string): Generator<string> {
  for (const [name, value] of Object.entries(part)) {
    if (name === "$unknown") {
      yield path;
    } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
      yield* pathsOfUnknown(value, `${path}${step(part, name, value)}`);
    }
  }
}

/** How one step stands in a path: oneofs by the member that is set, items and map entries in brackets. */
function step(part: object, name: string, value: object): string {
  if (Array.isArray(part)) return `[${name}]`;
  if ("case" in part) return `.${snakeCase(String(part.case))}`; // the value of a oneof
  if ("case" in value) return "";
  return "$typeName" in part ? `.${snakeCase(name)}` : `[${JSON.stringify(name)}]`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
