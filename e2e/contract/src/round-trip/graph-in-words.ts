import neo4j, { type Driver } from "neo4j-driver";

/** Everything in a graph that users put there, in order: a line for each node and edge, equal ones in one. */
export async function graphInWords(driver: Driver): Promise<string> {
  const nodes = await driver.executeQuery(
    `MATCH (n) WHERE none(label IN labels(n) WHERE label IN ["OutgraphOutbox", "OutgraphLane", "OutgraphBatch"])
     RETURN labels(n) AS labels, properties(n) AS properties`,
  );
  const edges = await driver.executeQuery(
    `MATCH (a)-[r]->(b) WHERE type(r) STARTS WITH "STORY"
     RETURN a.name AS a, a.path AS aPath, type(r) AS type, properties(r) AS properties,
            b.name AS b, b.path AS bPath`,
  );
  const lines = [
    ...nodes.records.map((record) => {
      const labels = (record.get("labels") as string[]).toSorted().map((label) => `:${label}`);
      return `(${labels.join("")} ${valueInWords(record.get("properties"))})`;
    }),
    ...edges.records.map((record) => {
      const { a, aPath, type, properties, b, bPath } = record.toObject();
      return `(${a ?? aPath})-[:${type} ${valueInWords(properties)}]->(${b ?? bPath})`;
    }),
  ];
  const counted = Map.groupBy(lines.sort(), (line) => line);
  const words = [...counted].map(([line, { length }]) =>
    length > 1 ? `${line} ×${length}` : line,
  );
  return `${words.join("\n")}\n`;
}

/** A value with its type: `1` is an integer, `1.0` a float. */
function valueInWords(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return floatInWords(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(valueInWords).join(", ")}]`;
  if (value instanceof Int8Array) return `0x${Buffer.from(value.buffer).toString("hex")}`;
  if (neo4j.isPoint(value)) {
    const { srid, x, y, z } = value;
    return `Point(${[srid, ...[x, y, z].filter((each) => each !== undefined)].map((each) => valueInWords(each)).join(", ")})`;
  }
  if (Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, each]) => `${name}: ${valueInWords(each)}`).join(", ")}}`;
  }
  return `${(value as object).constructor.name}(${value})`;
}

function floatInWords(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}
