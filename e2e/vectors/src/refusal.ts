import { create, type DescMessage, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type AppendRequest,
  AppendRequestSchema,
  type Mutation,
  MutationSchema,
} from "@outgraph/events";

/** One refused request: which fields, by which rules. */
export interface Refusal {
  readonly schema: DescMessage;
  readonly request: Message;
  /** `<field path> <rule id>` for each violation. */
  readonly violations: readonly string[];
}

/** Where the one mutation of a request stands. */
export const MUTATION = "entry.events[0].mutations[0]";

export type MutationInit = NonNullable<MessageInitShape<typeof MutationSchema>["kind"]>;

/** An append that is refused. */
export function refusal(
  request: MessageInitShape<typeof AppendRequestSchema>,
  ...violations: string[]
): Refusal {
  const schema = AppendRequestSchema;
  return { schema, request: create(schema, request), violations };
}

/** An append whose one mutation is refused; the violations' paths begin inside it. */
export function mutating(refused: Mutation, ...violations: string[]): Refusal {
  return {
    schema: AppendRequestSchema,
    request: withMutations(refused),
    violations: violations.map((violation) => `${MUTATION}.${violation}`),
  };
}

export function withMutations(...mutations: Mutation[]): AppendRequest {
  return create(AppendRequestSchema, { entry: { source: "v", events: [event(mutations)] } });
}

export function event(mutations: Mutation[] = []): { type: string; mutations: Mutation[] } {
  return { type: "vectors.v1.Happened", mutations };
}

export function made(kind: MutationInit): Mutation {
  return create(MutationSchema, { kind });
}
