import type { Mutation } from "@outgraph/events";
import { readRevisions } from "./codebase/revisions.ts";
import { rxjsSources } from "./default-codebase.ts";
import { graphMutations } from "./outgraph/graph-mutations.ts";

/** What the demo appends, in its order: for each entry the changes to the graph. */
export async function codeChanges(): Promise<Mutation[][]> {
  const { folder, name } = rxjsSources();
  const { first, second } = await readRevisions(folder, name, 1);
  return [...first.changes, ...second.changes].map((change) => graphMutations(name, change));
}
