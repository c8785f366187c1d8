import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import type { Mutation } from "./gen/outgraph/graph/v1/mutation_pb.ts";

/** One event as an append takes it: its type, what it changes, and the typed event itself. */
export interface TypedEvent {
  readonly type: string;
  readonly mutations: readonly Mutation[];
  readonly payload: Any;
  readonly occurredAt?: Date;
}

/** A type of event: a protobuf message of your own, and what such an event changes in the graph. */
export interface EventType<Desc extends DescMessage> {
  readonly schema: Desc;
  /** What an event of this type changes. */
  readonly project: (event: MessageShape<Desc>) => readonly Mutation[];
  /** An event of this type, ready to append. */
  of(event: MessageInitShape<Desc>, option?: { readonly occurredAt?: Date }): TypedEvent;
}

/**
 * Ties a protobuf message to its projection, so that every writer of such an event changes the graph
 * in the same way. The message's full name becomes the event's type.
 *
 * @param project pure: no clock, no random numbers, no look at anything but the event; the same
 *   event then always gives the same mutations, and a repeated append equal content.
 */
export function defineEvent<Desc extends DescMessage>(
  schema: Desc,
  project: (event: MessageShape<Desc>) => readonly Mutation[],
): EventType<Desc> {
  return {
    schema,
    project,
    of(init, option = {}) {
      const event = create(schema, init);
      return {
        type: schema.typeName,
        mutations: project(event),
        payload: anyPack(schema, event),
        ...option,
      };
    },
  };
}
