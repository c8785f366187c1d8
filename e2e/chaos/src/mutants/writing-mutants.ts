import type { Mutant } from "./mutant.ts";

/** Around the append: one transaction, one id, one outcome. */
export const WRITING: readonly Mutant[] = [
  {
    name: "look before the writes",
    removes: "the id is looked up, in the transaction, before documents are written",
    file: "packages/writer/src/write-appends.ts",
    find: "asked.length > 0 ? await look(outbox, asked, session) : NOTHING_KNOWN",
    replace: "asked.length > 1_000_000 ? await look(outbox, asked, session) : NOTHING_KNOWN",
    by: {
      layer: "integration",
      file: "packages/writer/src/commit-append.int.test.ts",
      test: "a repeat returns the first receipt",
    },
  },
  {
    name: "look again after a failure",
    removes: "no error is reported before the id was looked up again",
    file: "packages/writer/src/commit-append.ts",
    find: "    return firstOutcomeOr(error, outbox, append);",
    replace: "    void [firstOutcomeOr, append];\n    throw error;",
    by: { layer: "integration", file: "packages/writer/src/commit-append.int.test.ts" },
  },
  {
    name: "unknown is not failed",
    removes: "a commit without an answer is sent again, not run again as if it had failed",
    file: "packages/writer/src/transaction.ts",
    find: `      if (failure.commit === "not_committed") return { kind: "aborted", failure };`,
    replace: `      if (failure.commit !== undefined) return { kind: "refused", error };`,
    by: { layer: "sim", seeds: 40 },
  },
  {
    name: "entry in the transaction of the documents",
    removes: "documents and entry commit together",
    file: "packages/writer/src/write-appends.ts",
    find: "await outbox.entries.insertMany(entries, { session });",
    replace: "await outbox.entries.insertMany(entries);",
    by: { layer: "integration", file: "packages/writer/src/commit-group.int.test.ts" },
  },
  {
    name: "majority concern",
    removes: "an append is acknowledged once a majority has it, journalled",
    file: "packages/writer/src/transaction.ts",
    find: `  writeConcern: { w: "majority", journal: true },`,
    replace: `  writeConcern: { w: 1 },`,
    by: {
      layer: "integration",
      file: "packages/writer/src/transaction.int.test.ts",
      test: "a transaction reads one snapshot",
    },
  },
  {
    name: "snapshot of the append",
    removes: "an append's transaction reads one snapshot",
    file: "packages/writer/src/transaction.ts",
    find: `  readConcern: { level: "snapshot" },`,
    replace: `  readConcern: { level: "local" },`,
    by: {
      layer: "integration",
      file: "packages/writer/src/transaction.int.test.ts",
      test: "a transaction reads one snapshot",
    },
  },
  {
    name: "fallback of group commit",
    removes: "when a group fails, each member runs alone",
    file: "services/append/src/group-commit.ts",
    find: "      this.#alone.add([...byId.values()].map(again));\n      return;",
    replace: `      void [byId, again];\n      for (const member of members) this.#finish(member, { kind: "broken", error });\n      return;`,
    by: { layer: "unit", file: "services/append/src/group-commit.test.ts" },
  },
  {
    name: "undecided groups",
    removes: "members of a group that stayed undecided know that it may have committed",
    file: "services/append/src/group-commit.ts",
    find: "      const undecided = !(error instanceof NotTogether) || error.undecided;",
    replace: "      const undecided = false && error instanceof NotTogether;",
    by: { layer: "unit", file: "services/append/src/group-commit.test.ts" },
  },
];
