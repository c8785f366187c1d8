import type { FailureKind } from "./failure.ts";

/**
 * Errors of the operating system. A driver wraps them mostly, not always: a write to a connection
 * that was reset comes out of the MongoDB driver 7.9 as it is.
 */
export const SYSTEM_ERRORS: Readonly<Record<string, FailureKind>> = {
  EAI_AGAIN: "transient",
  ECONNABORTED: "transient",
  ECONNREFUSED: "transient",
  ECONNRESET: "transient",
  EHOSTUNREACH: "transient",
  ENETDOWN: "transient",
  ENETUNREACH: "transient",
  ENOTCONN: "transient",
  ENOTFOUND: "transient",
  EPIPE: "transient",
  ETIMEDOUT: "transient",
};
