// What proofs elsewhere run: how appends share a transaction.
export type { CheckedAppend } from "../check-append.ts";
export { type AppendTransactions, GroupCommit, NotTogether } from "../group-commit.ts";
export type { Committed } from "../ports.ts";
export type { Refusal } from "../refusal.ts";
export { GROUP_RULES } from "./group-rules.ts";
