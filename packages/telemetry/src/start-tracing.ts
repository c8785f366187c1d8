import type { Logger } from "./logger.ts";
import { NO_TRACING, type Tracing } from "./tracing.ts";
import { tracingSettings } from "./tracing-settings.ts";

/**
 * Starts tracing as the standard `OTEL_*` variables ask for it (see `tracingSettings`). Where they do
 * not, nothing is loaded, and spans cost nothing.
 *
 * A collector that cannot be reached is logged once when it goes and once when it is back; spans wait
 * for it in a bounded queue, and are then lost. Nothing else ever waits for it.
 *
 * @param service the service's name where `OTEL_SERVICE_NAME` gives none.
 */
export async function startTracing(
  service: string,
  logger: Logger,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Tracing> {
  const { settings, ignored } = tracingSettings(env);
  for (const sentence of ignored) logger.warn({}, sentence);
  if (settings === undefined) return NO_TRACING;
  const { openTelemetry } = await import("./open-telemetry.ts");
  const tracing = await openTelemetry(service, settings, (delivery) =>
    delivery.reaches
      ? logger.info({ spansLost: delivery.lost }, "traces are delivered again")
      : logger.warn({ err: delivery.err }, "traces cannot be delivered"),
  );
  logger.info(settings, "tracing");
  return tracing;
}
