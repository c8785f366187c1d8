import { type DescMessage, isFieldSet, type Message } from "@bufbuild/protobuf";

/** A check of one value: true when it surely keeps its rules, false when it may not. */
export type Check = (value: never) => boolean;

/** For rules that are not known here. */
export const UNSURE: Check = () => false;

/** The rules that are set in a message of rules, by their names in the schema of rules. */
export type Rules = Readonly<Record<string, unknown>>;

/** What is set in a message of rules. */
export function rulesIn(schema: DescMessage, message: Message): Rules {
  const local = message as unknown as Rules;
  const set: Record<string, unknown> = {};
  for (const field of schema.fields) {
    if (!isFieldSet(message, field)) continue;
    set[field.name] =
      field.oneof === undefined
        ? local[field.localName]
        : (local[field.oneof.localName] as { readonly value: unknown }).value;
    if (field.fieldKind === "message") {
      set[field.name] = rulesIn(field.message, set[field.name] as Message);
    }
  }
  return set;
}

/** Whether there are no rules but these. */
export function only(rules: Rules, ...names: readonly string[]): boolean {
  return Object.keys(rules).every((name) => names.includes(name));
}

/** A check of all of them; undefined when there is nothing to check. */
export function all(checks: readonly (Check | undefined)[]): Check | undefined {
  const there = checks.filter((check) => check !== undefined);
  if (there.length <= 1) return there[0];
  return (value) => {
    for (const check of there) if (!check(value)) return false;
    return true;
  };
}
