import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AppendManyRequestSchema,
  type AppendRequestSchema,
  GetEntryRequestSchema,
  WaitAppliedRequestSchema,
} from "@outgraph/events";
import { event, type Refusal, refusal } from "./refusal.ts";

type WriteInit = NonNullable<MessageInitShape<typeof AppendRequestSchema>["writes"]>[number];
type Operation = NonNullable<WriteInit["operation"]>;

const all = { format: { case: "extendedJson", value: "{}" } } as const;
const ID = "019b7ca9-8f2e-7359-ae12-ca11e5d62816";

/** Requests around the mutations: what an entry says of itself, document writes, the other calls. */
export const REFUSED_REQUESTS: Readonly<Record<string, Refusal>> = {
  "a source of 129 bytes": refusal(
    { entry: { source: "s".repeat(129), events: [event()] } },
    "entry.source string.max_bytes",
  ),
  "a partition of 257 bytes": refusal(
    { entry: { source: "v", partition: "p".repeat(257), events: [event()] } },
    "entry.partition string.max_bytes",
  ),
  "an event without a type": refusal(
    { entry: { source: "v", events: [{}] } },
    "entry.events[0].type string.min_bytes",
    "entry.events[0].type string.pattern",
  ),
  "an event type of 257 bytes": refusal(
    { entry: { source: "v", events: [{ type: "t".repeat(257) }] } },
    "entry.events[0].type string.max_bytes",
  ),

  "a database of 64 bytes": writing(
    { database: "d".repeat(64), operation: deleting() },
    "database string.max_bytes",
  ),
  "a collection of 201 bytes": writing(
    { collection: "c".repeat(201), operation: deleting() },
    "collection string.max_bytes",
  ),
  "an insert without a document": operating(
    { case: "insertOne", value: {} },
    "insert_one.document required",
  ),
  "a document in no format": operating(
    { case: "insertOne", value: { document: {} } },
    "insert_one.document.format required",
  ),
  "BSON of 4 bytes": operating(
    {
      case: "insertOne",
      value: { document: { format: { case: "bson", value: new Uint8Array(4) } } },
    },
    "insert_one.document.bson bytes.min_len",
  ),
  "Extended JSON of one byte": operating(
    { case: "insertOne", value: { document: { format: { case: "extendedJson", value: "{" } } } },
    "insert_one.document.extended_json string.min_bytes",
  ),
  "a replacement without a filter": operating(
    { case: "replaceOne", value: { replacement: all } },
    "replace_one.filter required",
  ),
  "a replacement by nothing": operating(
    { case: "replaceOne", value: { filter: all } },
    "replace_one.replacement required",
  ),
  "an update without a filter": operating(
    { case: "updateMany", value: { change: { case: "operators", value: all } } },
    "update_many.filter required",
  ),
  "a pipeline without stages": operating(
    { case: "updateOne", value: { filter: all, change: { case: "pipeline", value: {} } } },
    "update_one.pipeline.stages repeated.min_items",
  ),
  "a hint at nothing": operating(
    { case: "deleteOne", value: { filter: all, hint: {} } },
    "delete_one.hint.index required",
  ),
  "a hint at an index without a name": operating(
    { case: "deleteOne", value: { filter: all, hint: { index: { case: "name", value: "" } } } },
    "delete_one.hint.name string.min_bytes",
  ),

  "no appends": asking(AppendManyRequestSchema, {}, "appends repeated.min_items"),
  "an append of many without an entry": asking(
    AppendManyRequestSchema,
    { appends: [{ entry: { source: "v", events: [event()] } }, {}] },
    "appends[1].entry required",
  ),
  "reading by what is no UUID": asking(GetEntryRequestSchema, { id: "7" }, "id string.uuid"),
  "waiting for nothing": asking(WaitAppliedRequestSchema, {}, "ids repeated.min_items"),
  "waiting for what is no UUID": asking(
    WaitAppliedRequestSchema,
    { ids: [ID, "job-42"] },
    "ids[1] string.uuid",
  ),
  "waiting for longer than five minutes": asking(
    WaitAppliedRequestSchema,
    { ids: [ID], timeout: { seconds: 300n, nanos: 1 } },
    "timeout duration.gte_lte",
  ),
  "waiting for less than nothing": asking(
    WaitAppliedRequestSchema,
    { ids: [ID], timeout: { nanos: -1 } },
    "timeout duration.gte_lte",
  ),
};

function writing(write: WriteInit, violation: string): Refusal {
  return refusal(
    { entry: { source: "v", events: [event()] }, writes: [{ collection: "c", ...write }] },
    `writes[0].${violation}`,
  );
}

function operating(operation: Operation, violation: string): Refusal {
  return writing({ operation }, violation);
}

function deleting(): Operation {
  return { case: "deleteMany", value: { filter: all } };
}

function asking<Desc extends DescMessage>(
  schema: Desc,
  request: MessageInitShape<Desc>,
  ...violations: string[]
): Refusal {
  return { schema, request: create(schema, request), violations };
}
