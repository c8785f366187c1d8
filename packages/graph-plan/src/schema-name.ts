import { createHash } from "node:crypto";
import { listText, sized } from "./key.ts";

const LENGTH_MAX = 100;

/** A name for a constraint or an index: the same wherever it is made, and no other one's. */
export function schemaName(prefix: string, label: string, properties: readonly string[]): string {
  const name = [prefix, label, ...properties].join("_");
  // "_" may stand in names too, so a name that was joined with it could be another one's.
  const isPlain = ![label, ...properties].some((each) => each.includes("_"));
  if (isPlain && name.length <= LENGTH_MAX) return name;
  const digest = createHash("sha256")
    .update(sized(label) + listText(properties))
    .digest("hex");
  const start = [...name].slice(0, LENGTH_MAX - 13).join(""); // whole characters
  return `${start}_${digest.slice(0, 12)}`;
}
