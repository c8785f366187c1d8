import type { Constraint } from "@outgraph/graph-plan";

/** Whether a constraint stands behind a key, whoever made it and whatever its name. */
export const HAS_CONSTRAINT = `
SHOW CONSTRAINTS YIELD type, entityType, labelsOrTypes, properties
WHERE (type CONTAINS 'UNIQUENESS' OR type ENDS WITH 'KEY') AND entityType = 'NODE'
  AND labelsOrTypes = [$label] AND size(properties) = size($properties)
  AND all(property IN properties WHERE property IN $properties)
RETURN count(*) > 0 AS there`;

/** Whether a range index stands behind a property, be it a constraint's. */
export const HAS_INDEX = `
SHOW INDEXES YIELD type, entityType, labelsOrTypes, properties, state
WHERE type = 'RANGE' AND entityType = $entity AND labelsOrTypes = [$labelOrType]
  AND properties = [$property] AND state <> 'FAILED'
RETURN count(*) > 0 AS there`;

/** How many keys that are there twice are named. */
const NAMED = 3;

/** A few keys that more than one node has, and how many have them. */
export function duplicatesCypher({ labelOrType, properties }: Constraint): string {
  const keys = properties.map((property) => `n.${quoted(property)}`);
  return `
MATCH (n:${quoted(labelOrType)})
WHERE ${keys.map((key) => `${key} IS NOT NULL`).join(" AND ")}
WITH [${keys.join(", ")}] AS key, count(*) AS nodes
WHERE nodes > 1
RETURN [part IN key | toStringOrNull(part)] AS key, nodes
LIMIT ${NAMED}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** "id 'a' (2 nodes)". */
export function duplicateText(
  { properties }: Constraint,
  { key, nodes }: { readonly key: readonly (string | null)[]; readonly nodes: bigint },
): string {
  const parts = properties.map((property, i) => `${property} '${key[i] ?? "…"}'`);
  return `${parts.join(", ")} (${nodes} nodes)`;
}
