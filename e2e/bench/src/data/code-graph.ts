import { clone, type Message } from "@bufbuild/protobuf";
import { codeChanges } from "@outgraph/demo/code-changes";
import { type Mutation, MutationSchema } from "@outgraph/events";
import type { Dataset } from "./dataset.ts";

/**
 * A real codebase, the sources of RxJS: an entry for each file, with its symbols, what they call and
 * what it imports. First all files, then what some more work changed, renamed and deleted.
 *
 * @param copies how often, each time as another codebase.
 */
export async function codeGraph(copies: number): Promise<Dataset> {
  const changes = await codeChanges();
  const entries = Array.from({ length: copies }, (_, copy) =>
    changes.map((mutations) => mutations.map((mutation) => renamed(mutation, `${copy}:`))),
  ).flat();
  return { name: "code-graph", entries };
}

/** The same change to another codebase: every key has a prefix. */
function renamed(mutation: Mutation, prefix: string): Mutation {
  const copy = clone(MutationSchema, mutation);
  const visit = (message: unknown): void => {
    if (typeof message !== "object" || message === null) return;
    const { $typeName: type } = message as Message;
    if (type === "outgraph.graph.v1.NodeRef") {
      for (const value of Object.values((message as { key: Record<string, Keyed> }).key)) {
        if (value.kind.case === "stringValue") value.kind.value = `${prefix}${value.kind.value}`;
      }
      return;
    }
    for (const inner of Object.values(message)) {
      if (typeof inner === "object" && !ArrayBuffer.isView(inner)) visit(inner);
    }
  };
  visit(copy.kind.value);
  return copy;
}

interface Keyed {
  readonly kind: { readonly case: string | undefined; value: unknown };
}
