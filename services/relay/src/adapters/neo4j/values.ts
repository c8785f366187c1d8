import type { DateTime, Duration, List, Point, Value } from "@outgraph/events";
import neo4j from "neo4j-driver";
import { dateOf, type LocalTimeParts, timeOfDay, timeOfSecond } from "./civil-time.ts";

/**
 * A value as the Neo4j driver takes it: integers as bigint, since it sends a number as a float; a
 * vector as a list of floats, which a vector index takes on every supported version.
 *
 * @throws RangeError for a value without a kind, which no writer lets through.
 */
export function driverValue({ kind }: Value): unknown {
  switch (kind.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "int64Value":
    case "doubleValue":
    case "stringValue":
      return kind.value;
    case "bytesValue":
      return bytes(kind.value);
    case "dateValue":
      return date(kind.value);
    case "localTimeValue":
      return localTime(kind.value);
    case "timeValue":
      return time(kind.value);
    case "localDateTimeValue":
      return localDateTime(kind.value);
    case "dateTimeValue":
      return dateTime(kind.value);
    case "durationValue":
      return duration(kind.value);
    case "pointValue":
      return point(kind.value);
    case "listValue":
      return list(kind.value);
    case "float32VectorValue":
      return kind.value.values;
    case undefined:
      throw new RangeError("a value without a kind");
  }
}

function list({ items }: List): readonly unknown[] {
  switch (items.case) {
    case "bools":
    case "int64s":
    case "doubles":
    case "strings":
      return items.value.values;
    case "dates":
      return items.value.values.map(date);
    case "localTimes":
      return items.value.values.map(localTime);
    case "times":
      return items.value.values.map(time);
    case "localDateTimes":
      return items.value.values.map(localDateTime);
    case "dateTimes":
      return items.value.values.map(dateTime);
    case "durations":
      return items.value.values.map(duration);
    case "points":
      return items.value.values.map(point);
    case undefined:
      throw new RangeError("a list without items of a kind");
  }
}

/** The driver knows bytes by this class alone; the memory is the same. */
function bytes(value: Uint8Array): Int8Array {
  return new Int8Array(value.buffer, value.byteOffset, value.byteLength);
}

function date({ epochDays }: { epochDays: number }): unknown {
  const { year, month, day } = dateOf(BigInt(epochDays));
  return new neo4j.types.Date(year, month, day);
}

function localTime({ nanosOfDay }: { nanosOfDay: bigint }): unknown {
  return new neo4j.types.LocalTime(...clock(timeOfDay(nanosOfDay)));
}

function time(value: { nanosOfDay: bigint; offsetSeconds: number }): unknown {
  const offset = BigInt(value.offsetSeconds);
  return new neo4j.types.Time(...clock(timeOfDay(value.nanosOfDay)), offset);
}

function localDateTime(value: { epochSeconds: bigint; nanos: number }): unknown {
  const { days, time } = timeOfSecond(value.epochSeconds, value.nanos);
  const { year, month, day } = dateOf(days);
  return new neo4j.types.LocalDateTime(year, month, day, ...clock(time));
}

function dateTime({ epochSeconds, nanos, zone }: DateTime): unknown {
  const offset = zone.case === "offsetSeconds" ? BigInt(zone.value) : 0n;
  const { days, time } = timeOfSecond(epochSeconds + offset, nanos);
  const { year, month, day } = dateOf(days);
  // Of a zone with a name the driver sends the instant and the name, and it computes the instant
  // from these fields and this offset. So the fields of UTC with offset 0 give the right instant, and
  // the server's own time zone data say what the clocks show there: none of this machine's are used.
  const zoneId = zone.case === "zoneId" ? zone.value : undefined;
  return new neo4j.types.DateTime(year, month, day, ...clock(time), offset, zoneId);
}

function duration({ months, days, seconds, nanos }: Duration): unknown {
  return new neo4j.types.Duration(months, days, seconds, BigInt(nanos));
}

function point({ srid, x, y, z }: Point): unknown {
  return z === undefined
    ? new neo4j.types.Point(BigInt(srid), x, y)
    : new neo4j.types.Point(BigInt(srid), x, y, z);
}

function clock({ hour, minute, second, nanos }: LocalTimeParts): [bigint, bigint, bigint, bigint] {
  return [hour, minute, second, nanos];
}
