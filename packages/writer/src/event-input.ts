import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Entry,
  type EntryId,
  EntrySchema,
  type Event,
  EventSchema,
  type Mutation,
} from "@outgraph/events";

/** One typed fact, and what it changes in the graph. */
export interface EventInput {
  /** The name of its type, such as "shop.v1.OrderPlaced". */
  readonly type: string;
  /** What it changes, in order; by `mergeNode`, `deleteEdge`, … of `@outgraph/events`. */
  readonly mutations?: readonly Mutation[];
  /** When it happened. Default now. A repeated append is not compared by it. */
  readonly occurredAt?: Date;
  /** The typed event itself, for other consumers. */
  readonly payload?: NonNullable<Event["payload"]>;
}

/** What an entry is made of. */
export interface EntryInput {
  /** The idempotency id. Without one, a repeat cannot be told from a new append. */
  readonly id?: EntryId;
  readonly source: string;
  readonly partition?: string;
  readonly events: readonly EventInput[];
}

/** The entry, not checked yet; its id is empty when none was given. */
export function entryFrom({ id, source, partition, events }: EntryInput): Entry {
  return create(EntrySchema, {
    id: id ?? "",
    source,
    partition: partition ?? "",
    events: events.map((event) =>
      create(EventSchema, {
        type: event.type,
        mutations: [...(event.mutations ?? [])],
        occurredAt: timestampFromDate(event.occurredAt ?? new Date()),
        ...(event.payload !== undefined && { payload: event.payload }),
      }),
    ),
  });
}
