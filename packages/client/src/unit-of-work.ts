import { Code, ConnectError } from "@connectrpc/connect";
import type { DocumentWrite, Mutation } from "@outgraph/events";
import type { Appended } from "./answers.ts";
import type { AppendInput, EventInput } from "./append-input.ts";
import type { CallOptions } from "./client.ts";
import { outgraphError } from "./errors.ts";

/** Collects document writes and graph changes from anywhere, and commits them once, in one append. */
export interface UnitOfWork {
  /** Under which it commits. */
  readonly id: string;

  /**
   * Adds document writes, done in the order in which they were added.
   *
   * @throws FailedPreconditionError once its commit has begun.
   */
  write(...writes: readonly DocumentWrite[]): void;

  /** Adds an event of a type, with what it changes in the graph. @throws as `write`. */
  event(type: string, ...mutations: readonly Mutation[]): void;

  /** Adds events; they take effect in the order in which they were added. @throws as `write`. */
  add(...events: readonly EventInput[]): void;

  /**
   * Appends all that was collected; events are needed, writes are not. What it sends is settled by
   * its first call: to repeat it after an error repeats the same append, which takes effect once.
   *
   * @throws as `append` of the client.
   */
  commit(options?: CallOptions): Promise<Appended>;
}

/** What a unit of work commits by: a call sends the same every time. */
export type Committer = (options?: CallOptions) => Promise<Appended>;

/** An empty unit of work. @param settle makes what commits the input, once. */
export function unitOfWork(
  input: Pick<AppendInput, "partition"> & { readonly id: string },
  settle: (input: AppendInput) => Committer,
): UnitOfWork {
  const events: EventInput[] = [];
  const writes: DocumentWrite[] = [];
  let committer: Committer | undefined;

  const add = <T>(list: T[], more: readonly T[]): void => {
    if (committer !== undefined) {
      const why = "the unit of work was added to after its commit had begun";
      const cause = new ConnectError(why, Code.FailedPrecondition);
      throw outgraphError(cause, { entryId: input.id, attempts: 0 });
    }
    list.push(...more);
  };

  return {
    id: input.id,
    write: (...more) => add(writes, more),
    event: (type, ...mutations) => add(events, [{ type, mutations }]),
    add: (...more) => add(events, more),
    async commit(options) {
      committer ??= settle({ ...input, events, writes });
      return await committer(options);
    },
  };
}
