import type { MessageInitShape } from "@bufbuild/protobuf";
import { NullValue } from "@bufbuild/protobuf/wkt";
import type { ListSchema, ValueSchema } from "@outgraph/events";

type ValueInit = MessageInitShape<typeof ValueSchema>;
type ListInit = MessageInitShape<typeof ListSchema>;

const DAY_NANOS = 86_400_000_000_000n;

/** One of every kind of value, and the corners of each. */
export const VALUES: Readonly<Record<string, ValueInit>> = {
  null: { kind: { case: "nullValue", value: NullValue.NULL_VALUE } },
  true: { kind: { case: "boolValue", value: true } },
  false: { kind: { case: "boolValue", value: false } },
  "int64 zero": int64(0n),
  "int64 least": int64(-(2n ** 63n)),
  "int64 greatest": int64(2n ** 63n - 1n),
  "int64 beyond a double": int64(2n ** 53n + 1n),
  "double zero": double(0),
  "double negative zero": double(-0),
  "double NaN": double(Number.NaN),
  "double infinity": double(Number.POSITIVE_INFINITY),
  "double negative infinity": double(Number.NEGATIVE_INFINITY),
  "double least": double(Number.MIN_VALUE),
  "double greatest": double(Number.MAX_VALUE),
  "double whole": double(1),
  "string empty": string(""),
  "string with every width of UTF-8": string("a ß 語 𝄞"),
  "string with a NUL": string("a\u0000b"),
  "bytes empty": { kind: { case: "bytesValue", value: new Uint8Array() } },
  "bytes all": {
    kind: { case: "bytesValue", value: Uint8Array.from({ length: 256 }, (_, i) => i) },
  },
  "date of the epoch": date(0),
  "date before 1970": date(-1),
  "date in the year 1": date(-719_162),
  "date in the year 9999": date(2_932_896),
  "local time of midnight": localTime(0n),
  "local time, last of the day": localTime(DAY_NANOS - 1n),
  "time east": time(1n, 64_800),
  "time west": time(43_200_000_000_000n, -12_600),
  "local date-time before 1970": localDateTime(-1n, 999_999_999),
  "local date-time in the year 1": localDateTime(-62_135_596_800n, 0),
  "local date-time in the year 9999": localDateTime(253_402_300_799n, 999_999_999),
  "date-time in UTC": dateTime(1_767_323_045n, 678_000_000, 0),
  "date-time before 1970": dateTime(-1n, 1, 0),
  "date-time with an offset": dateTime(0n, 0, -16_200),
  "date-time in a zone": dateTime(1_793_494_800n, 0, "Europe/Berlin"),
  "date-time in the hour that comes twice, second time": dateTime(
    1_792_890_000n,
    0,
    "Europe/Berlin",
  ),
  "duration of nothing": duration(0n, 0n, 0n, 0),
  "duration of all parts": duration(14n, 3n, 7_322n, 5),
  "duration below zero": duration(-1n, -1n, -1n, 999_999_999),
  "point WGS 84": point(4326, 13.4, 52.5),
  "point WGS 84 3D": point(4979, -180, -90, 35.5),
  "point Cartesian": point(7203, -0.5, 1e300),
  "point Cartesian 3D": point(9157, 0, 0, 0),
  "list of bools": list({ items: { case: "bools", value: { values: [true, false] } } }),
  "list of int64s": list({
    items: { case: "int64s", value: { values: [0n, -(2n ** 63n), 2n ** 63n - 1n] } },
  }),
  "list of doubles": list({
    items: { case: "doubles", value: { values: [0.1, -0, Number.NaN, Number.NEGATIVE_INFINITY] } },
  }),
  "list of strings": list({ items: { case: "strings", value: { values: ["", "ß", "ss"] } } }),
  "list of strings, empty": list({ items: { case: "strings", value: { values: [] } } }),
  "list of int64s, empty": list({ items: { case: "int64s", value: { values: [] } } }),
  "list of dates": list({
    items: { case: "dates", value: { values: [{ epochDays: 0 }, { epochDays: -1 }] } },
  }),
  "list of local times": list({
    items: { case: "localTimes", value: { values: [{ nanosOfDay: 0n }, { nanosOfDay: 1n }] } },
  }),
  "list of times": list({
    items: { case: "times", value: { values: [{ nanosOfDay: 1n, offsetSeconds: 3_600 }] } },
  }),
  "list of local date-times": list({
    items: { case: "localDateTimes", value: { values: [{ epochSeconds: -1n, nanos: 0 }] } },
  }),
  "list of date-times": list({
    items: {
      case: "dateTimes",
      value: {
        values: [
          { epochSeconds: 0n, nanos: 0, zone: { case: "offsetSeconds", value: 0 } },
          { epochSeconds: 0n, nanos: 0, zone: { case: "zoneId", value: "Asia/Tokyo" } },
        ],
      },
    },
  }),
  "list of durations": list({ items: { case: "durations", value: { values: [{ months: 1n }] } } }),
  "list of points": list({
    items: {
      case: "points",
      value: {
        values: [
          { srid: 7203, x: 0, y: 1 },
          { srid: 7203, x: 2, y: 3 },
        ],
      },
    },
  }),
  "float vector": {
    kind: { case: "float32VectorValue", value: { values: [0, -0, 0.1, 3.4028234663852886e38] } },
  },
};

function int64(value: bigint): ValueInit {
  return { kind: { case: "int64Value", value } };
}

function double(value: number): ValueInit {
  return { kind: { case: "doubleValue", value } };
}

function string(value: string): ValueInit {
  return { kind: { case: "stringValue", value } };
}

function date(epochDays: number): ValueInit {
  return { kind: { case: "dateValue", value: { epochDays } } };
}

function localTime(nanosOfDay: bigint): ValueInit {
  return { kind: { case: "localTimeValue", value: { nanosOfDay } } };
}

function time(nanosOfDay: bigint, offsetSeconds: number): ValueInit {
  return { kind: { case: "timeValue", value: { nanosOfDay, offsetSeconds } } };
}

function localDateTime(epochSeconds: bigint, nanos: number): ValueInit {
  return { kind: { case: "localDateTimeValue", value: { epochSeconds, nanos } } };
}

function dateTime(epochSeconds: bigint, nanos: number, zone: number | string): ValueInit {
  return {
    kind: {
      case: "dateTimeValue",
      value: {
        epochSeconds,
        nanos,
        zone:
          typeof zone === "number"
            ? { case: "offsetSeconds", value: zone }
            : { case: "zoneId", value: zone },
      },
    },
  };
}

function duration(months: bigint, days: bigint, seconds: bigint, nanos: number): ValueInit {
  return { kind: { case: "durationValue", value: { months, days, seconds, nanos } } };
}

function point(srid: number, x: number, y: number, z?: number): ValueInit {
  return {
    kind: { case: "pointValue", value: z === undefined ? { srid, x, y } : { srid, x, y, z } },
  };
}

function list(value: ListInit): ValueInit {
  return { kind: { case: "listValue", value } };
}
