import { type AppendInput, insertOne } from "@outgraph/client";
import { accumulate, entryIdFor, node } from "@outgraph/events";
import { type Change, pathOf } from "../codebase/changes.ts";
import { documentWrites } from "./document-writes.ts";
import { graphMutations } from "./graph-mutations.ts";

/** One run of the demo: what ids are made from. */
export interface Run {
  readonly repository: string;
  readonly startedAt: Date;
}

const EVENT_TYPE: Readonly<Record<Change["kind"], string>> = {
  added: "codebase.v1.FileAdded",
  changed: "codebase.v1.FileChanged",
  deleted: "codebase.v1.FileDeleted",
};

/** One change as one append: the documents and the graph's share, for one transaction. */
export function appendOf(run: Run, revision: number, change: Change): AppendInput {
  const mutations = graphMutations(run.repository, change);
  return {
    id: entryIdFor(run.startedAt, `${revision}:${pathOf(change)}`),
    events: [{ type: EVENT_TYPE[change.kind], occurredAt: new Date(), mutations }],
    writes: documentWrites(run.repository, revision, change),
  };
}

/** An append that is about no file: it only counts, in the documents and in the graph. */
export function roundOf({ repository, startedAt }: Run, n: number): AppendInput {
  const _id = `round:${n}`;
  const root = node("Repository", { name: repository });
  const mutations = [accumulate(root, { add: { ingests: 1n } })];
  return {
    id: entryIdFor(startedAt, _id),
    events: [{ type: "codebase.v1.RoundMade", occurredAt: new Date(), mutations }],
    writes: [insertOne("ingests", { _id, repository, change: "none", bytes: 0 })],
  };
}
