export { type LogRule, type LogRules, logSignals } from "./log-signals.ts";
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from "./logger.ts";
export {
  type CounterRule,
  type GaugeRule,
  type HistogramRule,
  type MetricRule,
  type MetricRules,
  type Metrics,
  metricsFrom,
  SECONDS,
} from "./metrics.ts";
export { withoutSecrets } from "./secrets.ts";
export { type Signals, signals } from "./signals.ts";
export { startTracing } from "./start-tracing.ts";
export { parseTraceParent, type TraceParent, traceParentOf } from "./trace-parent.ts";
export {
  LINKS_MAX,
  NO_TRACING,
  type Span,
  type SpanAbout,
  type SpanAttributes,
  type SpanOutcome,
  type Tracing,
} from "./tracing.ts";
