import type { MessageInitShape } from "@bufbuild/protobuf";
import { node, type ValueSchema } from "@outgraph/events";
import { made, mutating, type Refusal } from "./refusal.ts";

type Kind = NonNullable<MessageInitShape<typeof ValueSchema>["kind"]>;

const DAY_NANOS = 86_400_000_000_000n;
const WGS84 = { srid: 4979, x: 0, y: 0, z: 0 };

/** Values that Neo4j could not store, or would store as something else. */
export const REFUSED_VALUES: Readonly<Record<string, Refusal>> = {
  "a local time before midnight": valued(
    { case: "localTimeValue", value: { nanosOfDay: -1n } },
    "local_time_value.nanos_of_day int64.gte_lt",
  ),
  "a time past midnight": valued(
    { case: "timeValue", value: { nanosOfDay: DAY_NANOS } },
    "time_value.nanos_of_day int64.gte_lt",
  ),
  "a local date-time in the year 0": valued(
    { case: "localDateTimeValue", value: { epochSeconds: -62_135_596_801n } },
    "local_date_time_value.epoch_seconds sint64.gte_lte",
  ),
  "a local date-time with a nanosecond too many": valued(
    { case: "localDateTimeValue", value: { nanos: 1_000_000_000 } },
    "local_date_time_value.nanos int32.gte_lt",
  ),
  "an instant with nanoseconds below zero": valued(
    {
      case: "dateTimeValue",
      value: { nanos: -1, zone: { case: "offsetSeconds", value: 0 } },
    },
    "date_time_value.nanos int32.gte_lt",
  ),
  "an instant 19 hours west": valued(
    { case: "dateTimeValue", value: { zone: { case: "offsetSeconds", value: -68_400 } } },
    "date_time_value.offset_seconds sint32.gte_lte",
  ),
  "a zone without a name": valued(
    { case: "dateTimeValue", value: { zone: { case: "zoneId", value: "" } } },
    "date_time_value.zone_id string.min_len",
    "date_time_value.zone_id string.pattern",
  ),
  "a zone with a name of 65 letters": valued(
    { case: "dateTimeValue", value: { zone: { case: "zoneId", value: "A".repeat(65) } } },
    "date_time_value.zone_id string.max_len",
  ),
  "a zone with a space": valued(
    { case: "dateTimeValue", value: { zone: { case: "zoneId", value: "Europe/ Berlin" } } },
    "date_time_value.zone_id string.pattern",
  ),
  "a point infinitely high": valued(
    { case: "pointValue", value: { ...WGS84, z: Number.POSITIVE_INFINITY } },
    "point_value.z double.finite",
  ),
  "a flat point infinitely far": valued(
    { case: "pointValue", value: { srid: 7203, y: Number.NEGATIVE_INFINITY } },
    "point_value.y double.finite",
  ),
  "a point in space without a height": valued(
    { case: "pointValue", value: { srid: 9157, x: 0, y: 0 } },
    "point_value point.dimensions",
  ),
  "a vector of 4,097 components": valued(
    { case: "float32VectorValue", value: { values: Array.from({ length: 4_097 }, () => 0) } },
    "float32_vector_value.values repeated.max_items",
  ),
};

function valued(kind: Kind, ...violations: string[]): Refusal {
  return mutating(
    made({ case: "mergeNode", value: { node: node("A", { id: 1n }), set: { p: { kind } } } }),
    ...violations.map((violation) => `merge_node.set["p"].${violation}`),
  );
}
