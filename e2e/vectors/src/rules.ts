import { type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { type Path, reflect } from "@bufbuild/protobuf/reflect";
import { createValidator, type Violation } from "@bufbuild/protovalidate";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  message as messageRules,
  oneof as oneofRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/**
 * A rule and where it stands, such as `outgraph.graph.v1.NodeRef.key{keys} string.pattern`, or
 * `outgraph.graph.v1.MergeNode set.key` for one of a whole message.
 */
export type RulePlace = string;

/** Where more than this many items, bytes or pairs are allowed, one too many makes a large vector. */
const COUNT_MAX = 512;

/**
 * Every rule of the messages that can be reached from these, where it stands; but not limits on
 * sizes above {@link COUNT_MAX}.
 */
export function rulePlaces(roots: readonly DescMessage[]): Set<RulePlace> {
  const places = new Set<RulePlace>();
  const seen = new Set<string>();
  const visit = (message: DescMessage): void => {
    if (seen.has(message.typeName) || message.typeName.startsWith("google.")) return;
    seen.add(message.typeName);
    for (const { id } of getOption(message, messageRules).cel) {
      places.add(`${message.typeName} ${id}`);
    }
    for (const oneof of message.oneofs) {
      if (getOption(oneof, oneofRules).required) {
        places.add(`${message.typeName}.${oneof.name} required`);
      }
    }
    for (const field of message.fields) {
      const place = `${message.typeName}.${field.name}`;
      for (const rule of rulesOf(getOption(field, fieldRules), place)) places.add(rule);
      if (field.message !== undefined) visit(field.message);
    }
  };
  for (const root of roots) visit(root);
  return places;
}

const validator = createValidator();

/** Which of those rules a message breaks. */
export function brokenRules(schema: DescMessage, message: Message): RulePlace[] {
  const result = validator.validate(schema, message);
  if (result.kind === "error") throw result.error;
  return result.kind === "valid" ? [] : result.violations.map((each) => placeOf(schema, each));
}

function* rulesOf(rules: FieldRules, place: string): Generator<RulePlace> {
  if (rules.required) yield `${place} required`;
  for (const { id } of rules.cel) yield `${place} ${id}`;
  const { case: type, value } = rules.type;
  if (type === undefined) return;
  const set = FieldRulesSchema.field[type].message as DescMessage;
  const said = reflect(set, value as Message);
  const names = set.fields.filter((field) => said.isSet(field) && !isVast(field, said.get(field)));
  const bounds = names.filter(({ name }) => /^[gl]te?$/.test(name));
  for (const { name } of names.filter((field) => field.message === undefined)) {
    // Both bounds of a range are one rule.
    if (bounds.length < 2 || name.startsWith("g")) {
      yield `${place} ${type}.${
        bounds.length < 2
          ? name
          : bounds
              .map((each) => each.name)
              .sort()
              .join("_")
      }`;
    }
  }
  if (type === "duration" && bounds.length === 2) yield `${place} duration.gte_lte`;
  if (type === "repeated" && rules.type.value.items !== undefined) {
    yield* rulesOf(rules.type.value.items, `${place}{items}`);
  }
  if (type === "map") {
    const { keys, values } = rules.type.value;
    if (keys !== undefined) yield* rulesOf(keys, `${place}{keys}`);
    if (values !== undefined) yield* rulesOf(values, `${place}{values}`);
  }
}

function isVast({ name }: DescField, limit: unknown): boolean {
  return name.startsWith("max_") && typeof limit === "bigint" && limit > COUNT_MAX;
}

function placeOf(schema: DescMessage, { field: path, ruleId, forKey }: Violation): RulePlace {
  const last = path.at(-1);
  const at = last === undefined ? schema : last.kind === "field" ? last.message : undefined;
  if (at !== undefined && getOption(at, messageRules).cel.some(({ id }) => id === ruleId)) {
    return `${at.typeName} ${ruleId}`;
  }
  switch (last?.kind) {
    case "oneof":
    case "field":
      return `${last.parent.typeName}.${last.name} ${ruleId}`;
    case "list_sub":
      return `${placeOfField(path)}{items} ${ruleId}`;
    case "map_sub":
      return `${placeOfField(path)}{${forKey ? "keys" : "values"}} ${ruleId}`;
    default:
      throw new Error(`${ruleId} stands nowhere`);
  }
}

function placeOfField(path: Path): string {
  const field = path.at(-2);
  if (field?.kind !== "field") throw new Error("an item or entry stands in a field");
  return `${field.parent.typeName}.${field.name}`;
}
