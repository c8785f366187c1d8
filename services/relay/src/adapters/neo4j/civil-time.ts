const NANOS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_DAY = 86_400n;

/** A date of the proleptic Gregorian calendar. */
export interface DateParts {
  readonly year: bigint;
  readonly month: bigint;
  readonly day: bigint;
}

/** A time of day. */
export interface LocalTimeParts {
  readonly hour: bigint;
  readonly minute: bigint;
  readonly second: bigint;
  readonly nanos: bigint;
}

/**
 * The date so many days after 1970-01-01.
 *
 * JavaScript's own dates end at the year 275760, Neo4j's do not. The method is Howard Hinnant's
 * `civil_from_days`: years that begin in March, in eras of 400.
 */
export function dateOf(epochDays: bigint): DateParts {
  const shifted = epochDays + 719_468n;
  const era = floorDiv(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra =
    (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  return { year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n), month, day };
}

/** The time of day so many nanoseconds after midnight. */
export function timeOfDay(nanosOfDay: bigint): LocalTimeParts {
  const seconds = nanosOfDay / NANOS_PER_SECOND;
  return {
    hour: seconds / 3_600n,
    minute: (seconds / 60n) % 60n,
    second: seconds % 60n,
    nanos: nanosOfDay % NANOS_PER_SECOND,
  };
}

/** The day and the time of day at a second since 1970, on one clock. */
export function timeOfSecond(
  epochSeconds: bigint,
  nanos: number,
): { readonly days: bigint; readonly time: LocalTimeParts } {
  const days = floorDiv(epochSeconds, SECONDS_PER_DAY);
  const secondOfDay = epochSeconds - days * SECONDS_PER_DAY;
  return { days, time: timeOfDay(secondOfDay * NANOS_PER_SECOND + BigInt(nanos)) };
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
