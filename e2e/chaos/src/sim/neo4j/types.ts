/** Whether a value has a Cypher type; null has every one that is not said to be NOT NULL. */
export function hasType(value: unknown, type: string): boolean {
  if (value == null) return !type.endsWith("NOT NULL");
  const bare = type.replace(/ NOT NULL$/, "");
  const list = /^LIST<(.*)>$/.exec(bare);
  if (list !== null) {
    return Array.isArray(value) && value.every((each) => hasType(each, list[1] as string));
  }
  switch (bare) {
    case "INTEGER":
      return typeof value === "bigint";
    case "FLOAT":
      return typeof value === "number";
    case "STRING":
      return typeof value === "string";
    case "BOOLEAN":
      return typeof value === "boolean";
    case "ANY":
      return true;
    default:
      throw new SyntaxError(`not a type that is known: ${type}`);
  }
}
