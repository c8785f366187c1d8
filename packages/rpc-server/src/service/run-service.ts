import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from "@outgraph/telemetry";
import { type DoorOptions, doorOptions } from "./door.ts";
import { keysCommand } from "./keys-command.ts";
import { choice, type OptionSpecs, whole } from "./options.ts";
import { ConfigError, readConfig, type ServiceNaming } from "./read-config.ts";

/** Options that every service has. */
export interface CommonOptions extends DoorOptions {
  /** How much is logged. */
  readonly logLevel: LogLevel;
  /** How long work under way may take to finish after SIGTERM, in milliseconds. 0 to 600 000; default 10 000. */
  readonly stopGraceMs: number;
}

/** The specs of {@link CommonOptions}, with the service's own default address. */
export function commonOptions(listen: string): OptionSpecs<CommonOptions> {
  return {
    ...doorOptions(listen),
    logLevel: choice({
      env: "OUTGRAPH_LOG_LEVEL",
      about: "How much is logged.",
      of: LOG_LEVELS,
      default: "info",
    }),
    stopGraceMs: whole({
      env: "OUTGRAPH_STOP_GRACE_MS",
      about: "How long work under way may take to finish after SIGTERM; what is left is cut short.",
      min: 0,
      max: 600_000,
      unit: "ms",
      default: 10_000,
    }),
  };
}

/** How a process ended; what its supervisor sees. */
export const EXIT = {
  /** Told to stop, and did. */
  stopped: 0,
  /** Something that nobody foresaw; the log has it. */
  broken: 1,
  /** The options cannot be used: starting again will not help. */
  config: 2,
} as const;

/** A service that has started. */
export interface Running {
  /** Where it listens. */
  readonly url: string;
  /** Finishes what is under way, within the grace time, and lets go of everything. */
  stop(): Promise<void>;
  /** Settles when the service ends of itself: with the exit code, or with the error that broke it. */
  readonly ended?: Promise<number>;
}

export interface ServiceDefinition<C extends CommonOptions> extends ServiceNaming {
  readonly options: OptionSpecs<C>;
  /**
   * Wires the parts and starts.
   *
   * @param stopping aborted at the first SIGTERM or SIGINT, also while this is still under way.
   */
  start(config: C, logger: Logger, stopping: AbortSignal): Promise<Running>;
}

/**
 * Runs a service as this process: reads flags and environment, starts, logs
 * `{"msg":"listening","url":…}`, and ends the process when told to or when the service ends. With
 * `keys new NAME` in place of flags, it makes a key instead.
 *
 * The first SIGTERM or SIGINT stops cleanly, the second ends at once. Exit codes are {@link EXIT}'s,
 * 128 + the signal's number after a second signal, or what the service gives.
 */
export async function runService<C extends CommonOptions>(
  service: ServiceDefinition<C>,
): Promise<void> {
  process.exit(await run(service));
}

async function run<C extends CommonOptions>(service: ServiceDefinition<C>): Promise<number> {
  const command = keysCommand(service.name, process.argv.slice(2));
  if (command !== undefined) {
    process.stdout.write(command.out);
    process.stderr.write(command.err);
    return command.code;
  }
  const config = configOrExit(service);
  if (typeof config === "number") return config;

  const secrets = secretsIn(config, service.options);
  const logger = createLogger(service.name, config.logLevel, undefined, secrets);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err, event }, "broken");
      process.exit(EXIT.broken);
    });
  }
  const stopping = stopSignal(logger);
  try {
    const running = await service.start(config, logger, stopping);
    logger.info({ url: running.url }, "listening");
    const code = await untilEnd(running, stopping, logger);
    await running.stop();
    logger.info({ code }, "stopped");
    return code;
  } catch (err) {
    if (err instanceof ConfigError) return configFault(service, err);
    if (!stopping.aborted) {
      logger.fatal({ err }, "broken");
      return EXIT.broken;
    }
    // Told to stop while it was still starting.
    logger.info({ code: EXIT.stopped }, "stopped");
    return EXIT.stopped;
  }
}

/** The values that must never be shown. */
function secretsIn<C extends CommonOptions>(config: C, options: OptionSpecs<C>): string[] {
  const names = Object.keys(options) as (keyof C)[];
  return names.filter((name) => options[name].secret).map((name) => String(config[name]));
}

/** Waits for a signal, or for the service's own end. */
async function untilEnd(running: Running, stopping: AbortSignal, logger: Logger): Promise<number> {
  const never = new Promise<never>(() => {});
  try {
    return await Promise.race([running.ended ?? never, aborted(stopping)]);
  } catch (err) {
    logger.fatal({ err }, "broken");
    return EXIT.broken;
  }
}

function configOrExit<C extends CommonOptions>(service: ServiceDefinition<C>): C | number {
  try {
    const asked = readConfig(service, service.options, process.argv.slice(2), process.env);
    if (asked.kind === "run") return asked.config;
    process.stdout.write(asked.text);
    return EXIT.stopped;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return configFault(service, error);
  }
}

function configFault(service: ServiceNaming, error: ConfigError): number {
  process.stderr.write(`${service.name}: ${error.message}\n`);
  return EXIT.config;
}

function stopSignal(logger: Logger): AbortSignal {
  const control = new AbortController();
  for (const [name, number] of [
    ["SIGTERM", 15],
    ["SIGINT", 2],
  ] as const) {
    process.on(name, () => {
      if (control.signal.aborted) process.exit(128 + number);
      logger.info({ signal: name }, "stopping");
      control.abort();
    });
  }
  return control.signal;
}

function aborted(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(EXIT.stopped);
    signal.addEventListener("abort", () => resolve(EXIT.stopped), { once: true });
  });
}
