const TRACE_PARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The longest text that is looked at: a version to come may say more than the 55 characters of ours. */
const CHARACTERS_MAX = 256;

/** The parts of a W3C `traceparent`. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether who called records this trace. */
  readonly sampled: boolean;
}

/** Reads a W3C `traceparent`; undefined for what is none, which W3C says to ignore, not to refuse. */
export function parseTraceParent(text: string): TraceParent | undefined {
  const [, traceId, spanId, flags, more] =
    (text.length <= CHARACTERS_MAX && TRACE_PARENT.exec(text)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (more !== undefined && text.startsWith("00")) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` in this text, blanks around it left out; undefined where there is none, or no text. */
export function traceParentOf(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const trimmed = text.trim();
  return parseTraceParent(trimmed) === undefined ? undefined : trimmed;
}
