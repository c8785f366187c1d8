import { expect, test } from "vitest";
import { tracingSettings } from "./tracing-settings.ts";

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

test.each([
  [{}],
  [{ OTEL_TRACES_EXPORTER: "none", ...ENDPOINT }],
  [{ OTEL_SDK_DISABLED: "true", OTEL_TRACES_EXPORTER: "otlp", ...ENDPOINT }],
  [{ OTEL_SERVICE_NAME: "relay" }],
])("tracing is off unless it is asked for: %j", (env) => {
  expect(tracingSettings(env)).toEqual({ settings: undefined, ignored: [] });
});

test.each([
  [{ OTEL_TRACES_EXPORTER: "otlp" }],
  [ENDPOINT],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }],
])("an exporter or an endpoint turns it on, with the standard's defaults: %j", (env) => {
  expect(tracingSettings(env)).toEqual({
    settings: {
      protocol: "http/protobuf",
      sampler: { parentBased: true, share: 1 },
      queue: {},
    },
    ignored: [],
  });
});

test("sampler, protocol and queue are taken from their variables", () => {
  const { settings, ignored } = tracingSettings({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    OTEL_BSP_MAX_QUEUE_SIZE: "10",
  });

  expect(ignored).toEqual([]);
  expect(settings).toEqual({
    protocol: "http/json",
    sampler: { parentBased: false, share: 0.25 },
    queue: { scheduledDelayMillis: 100, maxQueueSize: 10 },
  });
});

test.each([
  [{ OTEL_TRACES_EXPORTER: "zipkin" }, "OTEL_TRACES_EXPORTER=zipkin"],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"],
])("what cannot be sent is said, and not sent: %j", (env, said) => {
  const asked = tracingSettings(env);
  expect(asked.settings).toBeUndefined();
  expect(asked.ignored).toEqual([expect.stringContaining(said)]);
});

test.each([
  [{ OTEL_TRACES_SAMPLER: "jaeger_remote" }, "OTEL_TRACES_SAMPLER=jaeger_remote"],
  [
    { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" },
    "OTEL_TRACES_SAMPLER_ARG=2",
  ],
  [{ OTEL_BSP_SCHEDULE_DELAY: "soon" }, "OTEL_BSP_SCHEDULE_DELAY=soon"],
])("a value that cannot be used is named, and its default taken: %j", (env, said) => {
  const asked = tracingSettings({ ...ENDPOINT, ...env });
  expect(asked.settings).toMatchObject({ sampler: { parentBased: true, share: 1 }, queue: {} });
  expect(asked.ignored).toEqual([expect.stringContaining(said)]);
});
