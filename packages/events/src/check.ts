import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import type { Entry } from "./gen/outgraph/entry/v1/entry_pb.ts";
import type { Mutation } from "./gen/outgraph/graph/v1/mutation_pb.ts";

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
 * empty `Mutation` counts too. Such an entry is refused as unimplemented, never applied in part.
 */
export function unsupportedMutations(
  entry: Entry,
  supported: ReadonlySet<MutationKind>,
): Violation[] {
  const found: Violation[] = [];
  for (const [e, event] of entry.events.entries()) {
    for (const [m, mutation] of event.mutations.entries()) {
      const kind = mutation.kind.case;
      if (kind !== undefined && supported.has(kind)) continue;
      const field = `events[${e}].mutations[${m}]`;
      found.push(
        kind === undefined
          ? { field, message: "no mutation that this version knows", rule: "mutation.unknown" }
          : {
              field: `${field}.${snakeCase(kind)}`,
              message: "this version does not apply such mutations yet",
              rule: "mutation.unsupported",
            },
      );
    }
  }
  return found;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
