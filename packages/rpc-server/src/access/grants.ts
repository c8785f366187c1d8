/** What a principal may do; everything that is not named is refused. */
export interface Grants {
  /** Collections it may write to: `database.collection`, `database.*`, or `*`. */
  readonly collections: ReadonlySet<string>;
  /** Labels of nodes it may change, and use as ends of edges; `*` for all. */
  readonly labels: ReadonlySet<string>;
  /** Types of edges it may change; `*` for all. */
  readonly edgeTypes: ReadonlySet<string>;
  /** Whether it may ask the relay, or also tell it what to do. */
  readonly relay: RelayRight;
}

/** `operate` (retry, skip, pause, resume) includes `read` (status, parked entries, explain). */
export type RelayRight = "none" | "read" | "operate";

/** Whether documents of a collection may be written. */
export function mayWrite(grants: Grants, database: string, collection: string): boolean {
  const { collections } = grants;
  return (
    collections.has("*") ||
    collections.has(`${database}.*`) ||
    collections.has(`${database}.${collection}`)
  );
}

/** Whether nodes of a label may be changed; of any label, when none is named. */
export function mayLabel({ labels }: Grants, label: string | undefined): boolean {
  return labels.has("*") || (label !== undefined && labels.has(label));
}

/** Whether edges of a type may be changed. */
export function mayEdgeType({ edgeTypes }: Grants, type: string): boolean {
  return edgeTypes.has("*") || edgeTypes.has(type);
}

/** Whether the relay may be asked (`read`), or told what to do (`operate`). */
export function mayRelay({ relay }: Grants, right: "read" | "operate"): boolean {
  return relay === "operate" || relay === right;
}
