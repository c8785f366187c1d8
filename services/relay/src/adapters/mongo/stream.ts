import { once } from "node:events";
import { type EntryDocument, entryIdOf, type OutboxCollections } from "@outgraph/outbox";
import { ChangeStream, type ChangeStreamDocument, type ChangeStreamInsertDocument } from "mongodb";
import type { At } from "../../at.ts";
import { CallFailed } from "../../call-failed.ts";
import type { StreamEvent } from "../../ports.ts";
import { asking } from "./asking.ts";
import { atOf, timestampOf } from "./logical-time.ts";

/** How long the server keeps a question open when nothing comes, in milliseconds. */
const AWAIT_MS = 1_000;

const PIPELINE = [
  {
    $match: {
      operationType: { $in: ["insert", "drop", "rename", "dropDatabase", "invalidate"] },
    },
  },
];

const CLOSED = {
  kind: "transient",
  code: "StreamClosed",
  message: "MongoDB: the change stream is closed",
  cause: undefined,
} as const;

/** What commits from one time on. */
export class Stream {
  readonly #stream: ChangeStream<EntryDocument>;
  #first: Promise<ChangeStreamDocument<EntryDocument> | null> | undefined;

  private constructor(
    stream: ChangeStream<EntryDocument>,
    first: Promise<ChangeStreamDocument<EntryDocument> | null>,
  ) {
    this.#stream = stream;
    this.#first = first;
  }

  /** Opens it on the server; what commits from `from` on will be given, however late it is asked for. */
  static async open({ entries }: OutboxCollections, from: At): Promise<Stream> {
    const stream = entries.watch(PIPELINE, {
      startAtOperationTime: timestampOf(from),
      maxAwaitTimeMS: AWAIT_MS,
    }) as ChangeStream<EntryDocument>;
    // The driver opens nothing before the first question, and tells that the server has opened it
    // by the first resume token. When nothing is there yet, the question itself goes on for a while.
    const opened = once(stream, ChangeStream.RESUME_TOKEN_CHANGED);
    const first = stream.tryNext();
    try {
      await Promise.race([opened, first]);
      return new Stream(stream, first);
    } catch (error) {
      await stream.close();
      throw error;
    }
  }

  /** The next event; "quiet" when nothing came within a second. */
  async next(): Promise<StreamEvent> {
    const first = this.#first;
    this.#first = undefined;
    const change = await asking(() => first ?? this.#stream.tryNext());
    if (change === null) {
      // A stream whose cursor is closed gives null as well, at once, and for ever.
      if (this.#stream.closed) throw new CallFailed(CLOSED);
      return { kind: "quiet" };
    }
    switch (change.operationType) {
      case "insert":
        return entryEvent(change);
      case "drop":
      case "dropDatabase":
        return { kind: "gone", what: "dropped" };
      case "rename":
        return { kind: "gone", what: "renamed" };
      case "invalidate":
        return { kind: "gone", what: "dropped or renamed" };
      default:
        throw new Error(`an event that nobody asked for: ${change.operationType}`);
    }
  }

  async close(): Promise<void> {
    this.#first?.catch(() => {}); // nobody asks for it any more
    await this.#stream.close();
  }
}

function entryEvent(change: ChangeStreamInsertDocument<EntryDocument>): StreamEvent {
  const { _id, at, v, body, trace } = change.fullDocument;
  const { clusterTime, wallTime } = change;
  if (clusterTime === undefined) throw new Error("an event without a cluster time");
  return {
    kind: "entry",
    entry: { id: entryIdOf(_id), at: atOf(at), version: v, body: body.value(), trace },
    // Servers before 6.0 send no wall time.
    committed:
      wallTime === undefined
        ? { ms: clusterTime.t * 1_000, coarse: true }
        : { ms: wallTime.getTime(), coarse: false },
    time: atOf(clusterTime),
  };
}
