type Test = (value: unknown) => boolean;

/** Tells whether values have a Cypher type; null has every one that is not said to be NOT NULL. */
export function typeTest(type: string): Test {
  const takesNull = !type.endsWith("NOT NULL");
  const has = bareTest(type.replace(/ NOT NULL$/, ""));
  return (value) => (value == null ? takesNull : has(value));
}

function bareTest(type: string): Test {
  const list = /^LIST<(.*)>$/.exec(type);
  if (list !== null) {
    const isItem = typeTest(list[1] as string);
    return (value) => Array.isArray(value) && value.every(isItem);
  }
  switch (type) {
    case "INTEGER":
      return (value) => typeof value === "bigint";
    case "FLOAT":
      return (value) => typeof value === "number";
    case "STRING":
      return (value) => typeof value === "string";
    case "BOOLEAN":
      return (value) => typeof value === "boolean";
    case "ANY":
      return () => true;
    default:
      throw new SyntaxError(`not a type that is known: ${type}`);
  }
}
