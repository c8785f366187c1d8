/** A value of a span's attribute. Names are dotted, such as `outgraph.batch`. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What is known of a span when it begins. */
export interface SpanAbout {
  /** What part it plays: answers a call, hands something on to be done later, does that, or neither. */
  readonly kind: "server" | "producer" | "consumer" | "internal";
  /** The W3C `traceparent` of what caused it; none, or a malformed one, begins a trace. */
  readonly parent?: string | undefined;
  /** The `tracestate` beside it. */
  readonly parentState?: string | undefined;
  /** The `traceparent`s of what it is also about. At most {@link LINKS_MAX} of them are kept. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
  /** When it began, in milliseconds since 1970; now, when left out. */
  readonly startedMs?: number;
}

/** How a span ended. */
export interface SpanOutcome {
  readonly attributes?: SpanAttributes;
  /** Why it failed; left out when it did not. */
  readonly error?: string;
  /** When it ended, in milliseconds since 1970; now, when left out. */
  readonly endedMs?: number;
}

/** A piece of work under way, in a trace. */
export interface Span {
  /** What its own children, here or elsewhere, name as their parent. Its parent's when tracing is off. */
  readonly traceParent: string | undefined;
  /** It is over; a second call changes nothing. */
  end(outcome?: SpanOutcome): void;
}

/** Makes spans and sends them away. It never throws, and never waits. */
export interface Tracing {
  /** False when spans are neither made nor sent. */
  readonly on: boolean;
  start(name: string, about: SpanAbout): Span;
  /** Sends what was not sent yet, for five seconds at most; what is left then is lost. */
  close(): Promise<void>;
}

/** Most links of one span. */
export const LINKS_MAX = 128;

/** Makes no spans, and costs nothing: who called stays the parent of what follows. */
export const NO_TRACING: Tracing = {
  on: false,
  start: (_name, { parent }) => ({ traceParent: parent, end() {} }),
  close: async () => {},
};
