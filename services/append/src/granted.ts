import type { AppendRequest, Entry } from "@outgraph/events";
import { type Grants, mayEdgeType, mayLabel, mayWrite } from "@outgraph/rpc-server";
import type { FieldFault } from "./refusal.ts";
import { type Touched, touchedBy } from "./touched.ts";

/**
 * What an append does that its principal is not granted, each place by its path; empty when it is
 * granted everything. Looks at names only, so it comes before any other work.
 *
 * @param database where writes go that name none.
 */
export function notGranted(
  { entry, writes }: AppendRequest,
  grants: Grants,
  database: string,
): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const [index, write] of writes.entries()) {
    const into = write.database || database;
    if (write.collection === "" || mayWrite(grants, into, write.collection)) continue;
    const field = `writes[${index}].collection`;
    faults.push({ field, message: `collection ${into}.${write.collection} is not granted` });
  }
  for (const { field, message } of entry === undefined ? [] : entryNotGranted(entry, grants)) {
    faults.push({ field: `entry.${field}`, message });
  }
  return faults;
}

/** The same for an entry alone. */
export function entryNotGranted(entry: Entry, grants: Grants): FieldFault[] {
  if (grants.labels.has("*") && grants.edgeTypes.has("*")) return [];
  const faults: FieldFault[] = [];
  for (const touched of touchedBy(entry)) {
    if (!isGranted(touched, grants)) faults.push(faultOf(touched));
  }
  return faults;
}

function isGranted({ kind, name }: Touched, grants: Grants): boolean {
  if (name === "") return true; // refused as malformed later, in better words
  return kind === "label" ? mayLabel(grants, name) : mayEdgeType(grants, name as string);
}

function faultOf({ kind, name, field }: Touched): FieldFault {
  const message =
    name === undefined
      ? "left open, it stands for every label, and not every label is granted"
      : `${kind} ${name} is not granted`;
  return { field, message };
}
