import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type List, type Value, ValueSchema } from "@outgraph/events";
import { expect, test } from "vitest";
import { query } from "../../test/real-graph.ts";
import { driverValue } from "./values.ts";

type Kind = NonNullable<MessageInitShape<typeof ValueSchema>["kind"]>;
const value = (kind: Kind): Value => create(ValueSchema, { kind });

// What the server says a value is and shows it as, so that nothing of the driver's reading is in it.
test.each<[string, Kind, string, string]>([
  ["bool", { case: "boolValue", value: true }, "BOOLEAN", "true"],
  [
    "a great integer",
    { case: "int64Value", value: 9_223_372_036_854_775_807n },
    "INTEGER",
    "9223372036854775807",
  ],
  [
    "the least integer",
    { case: "int64Value", value: -9_223_372_036_854_775_808n },
    "INTEGER",
    "-9223372036854775808",
  ],
  ["a whole double", { case: "doubleValue", value: 3 }, "FLOAT", "3.0"],
  ["NaN", { case: "doubleValue", value: Number.NaN }, "FLOAT", "NaN"],
  ["minus zero", { case: "doubleValue", value: -0 }, "FLOAT", "-0.0"],
  ["text", { case: "stringValue", value: "naïve 🙂" }, "STRING", "naïve 🙂"],
  ["a date", { case: "dateValue", value: { epochDays: -1 } }, "DATE", "1969-12-31"],
  [
    "a far date",
    { case: "dateValue", value: { epochDays: 2_147_483_647 } },
    "DATE",
    "+5881580-07-11",
  ],
  [
    "a local time",
    { case: "localTimeValue", value: { nanosOfDay: 3_723_000_000_004n } },
    "LOCAL TIME",
    "01:02:03.000000004",
  ],
  [
    "a time",
    { case: "timeValue", value: { nanosOfDay: 3_723_000_000_000n, offsetSeconds: -19_800 } },
    "ZONED TIME",
    "01:02:03-05:30",
  ],
  [
    "a local date and time",
    { case: "localDateTimeValue", value: { epochSeconds: -62_135_596_800n, nanos: 1 } },
    "LOCAL DATETIME",
    "0001-01-01T00:00:00.000000001",
  ],
  [
    "an instant with an offset",
    {
      case: "dateTimeValue",
      value: { epochSeconds: 0n, nanos: 0, zone: { case: "offsetSeconds", value: 7_200 } },
    },
    "ZONED DATETIME",
    "1970-01-01T02:00:00+02:00",
  ],
  [
    "an instant in a zone, in summer",
    {
      case: "dateTimeValue",
      value: {
        epochSeconds: 1_667_089_800n,
        nanos: 0,
        zone: { case: "zoneId", value: "Europe/Berlin" },
      },
    },
    "ZONED DATETIME",
    "2022-10-30T02:30:00+02:00[Europe/Berlin]",
  ],
  [
    "the same clock an hour later, in winter",
    {
      case: "dateTimeValue",
      value: {
        epochSeconds: 1_667_093_400n,
        nanos: 0,
        zone: { case: "zoneId", value: "Europe/Berlin" },
      },
    },
    "ZONED DATETIME",
    "2022-10-30T02:30:00+01:00[Europe/Berlin]",
  ],
  [
    "a duration",
    { case: "durationValue", value: { months: 14n, days: -3n, seconds: 5n, nanos: 6 } },
    "DURATION",
    "P1Y2M-3DT5.000000006S",
  ],
  [
    "a point",
    { case: "pointValue", value: { srid: 4326, x: 13.4, y: 52.5 } },
    "POINT",
    "point({x: 13.4, y: 52.5, crs: 'wgs-84'})",
  ],
  [
    "a point in space",
    { case: "pointValue", value: { srid: 9157, x: 1, y: 2, z: 3 } },
    "POINT",
    "point({x: 1.0, y: 2.0, z: 3.0, crs: 'cartesian-3d'})",
  ],
])("%s arrives as it was sent", async (_, kind, type, shown) => {
  const sent = driverValue(value(kind));

  const [row] = await query<{ type: string; shown: string }>(
    "WITH $sent AS v RETURN valueType(v) AS type, toString(v) AS shown",
    { sent },
  );

  expect(row).toEqual({ type: `${type} NOT NULL`, shown });
});

test.each([
  ["integers", { case: "int64s", value: { values: [1n, -2n] } }, "INTEGER"],
  ["bools", { case: "bools", value: { values: [true] } }, "BOOLEAN"],
  ["doubles", { case: "doubles", value: { values: [1, 2.5] } }, "FLOAT"],
  ["strings", { case: "strings", value: { values: ["a", ""] } }, "STRING"],
  ["dates", { case: "dates", value: { values: [{ epochDays: 1 }] } }, "DATE"],
  ["local times", { case: "localTimes", value: { values: [{ nanosOfDay: 1n }] } }, "LOCAL TIME"],
  [
    "times",
    { case: "times", value: { values: [{ nanosOfDay: 1n, offsetSeconds: 0 }] } },
    "ZONED TIME",
  ],
  [
    "local date times",
    { case: "localDateTimes", value: { values: [{ epochSeconds: 1n, nanos: 0 }] } },
    "LOCAL DATETIME",
  ],
  [
    "date times",
    {
      case: "dateTimes",
      value: {
        values: [{ epochSeconds: 1n, nanos: 0, zone: { case: "offsetSeconds", value: 0 } }],
      },
    },
    "ZONED DATETIME",
  ],
  [
    "durations",
    { case: "durations", value: { values: [{ months: 1n, days: 0n, seconds: 0n, nanos: 0 }] } },
    "DURATION",
  ],
  ["points", { case: "points", value: { values: [{ srid: 7203, x: 1, y: 2 }] } }, "POINT"],
] as const)("a list of %s stays one", async (_, items, type) => {
  const sent = driverValue(
    value({ case: "listValue", value: { items: items as unknown as List["items"] } } as Kind),
  );

  const [row] = await query<{ type: string }>("RETURN valueType($sent) AS type", { sent });

  expect(row?.type).toBe(`LIST<${type} NOT NULL> NOT NULL`);
});

test("bytes and vectors are stored and read back", async () => {
  const bytes = driverValue(
    value({ case: "bytesValue", value: new Uint8Array([0, 127, 128, 255]) }),
  );
  const vector = driverValue(value({ case: "float32VectorValue", value: { values: [0.5, -1] } }));

  const [row] = await query<{ b: Int8Array; v: number[]; type: string }>(
    "CREATE (n:ValueTest {b: $bytes, v: $vector}) WITH n, n.b AS b, n.v AS v, valueType(n.v) AS type DETACH DELETE n RETURN b, v, type",
    { bytes, vector },
  );

  expect([...new Uint8Array(row?.b.buffer ?? new ArrayBuffer(0))]).toEqual([0, 127, 128, 255]);
  expect(row?.v).toEqual([0.5, -1]);
  expect(row?.type).toBe("LIST<FLOAT NOT NULL> NOT NULL");
});

test("a null stays one", () => {
  expect(driverValue(value({ case: "nullValue", value: 0 }))).toBeNull();
});
