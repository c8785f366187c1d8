export { commitAppend } from "./commit-append.ts";
export { commitGroup, type GroupOptions } from "./commit-group.ts";
export { TIMEOUT_MS_DEFAULT, type TimeLimit } from "./deadline.ts";
export * from "./errors.ts";
export type { EventInput } from "./event-input.ts";
export { checkEntry, type PreparedEntry, type PrepareOptions, prepareEntry } from "./prepare.ts";
export { type RunOptions, runTransaction } from "./transaction.ts";
export type { Progress, Waited, WaitOptions } from "./wait-applied.ts";
export {
  type Append,
  type AppendIdentity,
  type AppendOutcome,
  type AppendResult,
  type Written,
  writeAppends,
} from "./write-appends.ts";
export {
  type AppendInput,
  type AppendOptions,
  OutboxWriter,
  openWriter,
  type Transacted,
  type UnitOfWork,
  type WriterOptions,
} from "./writer.ts";
