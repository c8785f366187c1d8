/** Tracing as the standard `OTEL_*` variables ask for it. */
export interface TracingSettings {
  readonly protocol: "http/protobuf" | "http/json";
  readonly sampler: {
    /** Whether a span follows what its parent, or one of its links, decided. */
    readonly parentBased: boolean;
    /** The share of the others that is recorded: 0 to 1. */
    readonly share: number;
  };
  /** How spans wait to be sent; each is the SDK's own default when left out. */
  readonly queue: {
    readonly scheduledDelayMillis?: number;
    readonly exportTimeoutMillis?: number;
    readonly maxQueueSize?: number;
    readonly maxExportBatchSize?: number;
  };
}

/** What was asked for, and what of it cannot be had. */
export interface TracingAsked {
  /** Undefined when tracing is off. */
  readonly settings: TracingSettings | undefined;
  /** One sentence for each variable that is ignored. */
  readonly ignored: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOLS = ["http/protobuf", "http/json"] as const;

/**
 * Reads what is asked for. Tracing is off unless `OTEL_TRACES_EXPORTER` is `otlp`, or an OTLP endpoint
 * is given and the exporter is not `none`; `OTEL_SDK_DISABLED=true` turns it off whatever else is said.
 *
 * A value that cannot be used is ignored and named, as the specification wants it: telemetry is no
 * reason not to start.
 */
export function tracingSettings(env: Environment): TracingAsked {
  const ignored: string[] = [];
  const off = (): TracingAsked => ({ settings: undefined, ignored });
  if (env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true") return off();

  const endpoint = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const exporter = env["OTEL_TRACES_EXPORTER"]?.trim() || (endpoint ? "otlp" : "none");
  if (exporter === "none") return off();
  if (exporter !== "otlp") {
    ignored.push(
      `OTEL_TRACES_EXPORTER=${exporter}: only otlp and none are there; no traces are sent`,
    );
    return off();
  }
  const protocol =
    env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ||
    env["OTEL_EXPORTER_OTLP_PROTOCOL"] ||
    "http/protobuf";
  const known = PROTOCOLS.find((each) => each === protocol);
  if (known === undefined) {
    ignored.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL=${protocol}: only ${PROTOCOLS.join(" and ")} are there; no traces are sent`,
    );
    return off();
  }
  return {
    settings: { protocol: known, sampler: samplerOf(env, ignored), queue: queueOf(env, ignored) },
    ignored,
  };
}

function samplerOf(env: Environment, ignored: string[]): TracingSettings["sampler"] {
  const asked = env["OTEL_TRACES_SAMPLER"]?.trim() || "parentbased_always_on";
  const parentBased = asked.startsWith("parentbased_");
  switch (parentBased ? asked.slice("parentbased_".length) : asked) {
    case "always_on":
      return { parentBased, share: 1 };
    case "always_off":
      return { parentBased, share: 0 };
    case "traceidratio":
      return { parentBased, share: shareOf(env["OTEL_TRACES_SAMPLER_ARG"], ignored) };
    default:
      ignored.push(`OTEL_TRACES_SAMPLER=${asked} is not there; parentbased_always_on is taken`);
      return { parentBased: true, share: 1 };
  }
}

function shareOf(text: string | undefined, ignored: string[]): number {
  if (!text) return 1;
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  ignored.push(`OTEL_TRACES_SAMPLER_ARG=${text} is not a share from 0 to 1; 1 is taken`);
  return 1;
}

const QUEUE_VARIABLES = {
  scheduledDelayMillis: "OTEL_BSP_SCHEDULE_DELAY",
  exportTimeoutMillis: "OTEL_BSP_EXPORT_TIMEOUT",
  maxQueueSize: "OTEL_BSP_MAX_QUEUE_SIZE",
  maxExportBatchSize: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
} as const satisfies Record<keyof TracingSettings["queue"], string>;

function queueOf(env: Environment, ignored: string[]): TracingSettings["queue"] {
  const queue: Record<string, number> = {};
  for (const [name, variable] of Object.entries(QUEUE_VARIABLES)) {
    const text = env[variable];
    if (!text) continue;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) queue[name] = value;
    else ignored.push(`${variable}=${text} is not a whole number above 0; the default is taken`);
  }
  return queue;
}
