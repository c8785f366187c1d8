import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { blanking } from "./secrets.ts";

export type { Logger } from "pino";

/** From most to least said. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** How much is said. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Makes a logger that writes one JSON object a line to standard output: `level` as a word, `time`
 * in ISO 8601 UTC, `name`, `msg`, and what the call gives. An `err` is written with its causes.
 *
 * Passwords in URIs and values under names that speak of secrets never reach the output, wherever
 * in a line they stand (see `withoutSecrets`).
 *
 * @param destination where lines go instead; tests use it.
 * @param secrets what is known to be secret here, and is blanked too (see `blanking`).
 */
export function createLogger(
  name: string,
  level: LogLevel = "info",
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
  secrets: readonly string[] = [],
): Logger {
  return pino(
    {
      name,
      level,
      base: {},
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: withCauses },
      hooks: { streamWrite: blanking(secrets) },
    },
    destination,
  );
}

/** An error as data, its chain of causes included: what the driver said is usually the last one. */
function withCauses(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(cause === undefined ? {} : { cause: withCauses(cause) }),
  };
}
