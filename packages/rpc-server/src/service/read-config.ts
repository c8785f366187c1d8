import { Command, CommanderError, Option } from "commander";
import { flagOf, type OptionSpec, type OptionSpecs } from "./options.ts";

/** What the command line asks for. */
export type Asked<C> =
  | { readonly kind: "run"; readonly config: C }
  | { readonly kind: "help"; readonly text: string };

/** The options cannot be used. The message names each one at fault, its variable and what it accepts. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface ServiceNaming {
  /** The command: `outgraph-append`. */
  readonly name: string;
  /** One sentence. */
  readonly about: string;
}

/**
 * Reads the options from flags first, then the environment, then defaults. An empty variable counts
 * as not given.
 *
 * @throws ConfigError naming every option at fault, not only the first.
 */
export function readConfig<C extends object>(
  service: ServiceNaming,
  specs: OptionSpecs<C>,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Asked<C> {
  const entries = Object.entries<OptionSpec<unknown>>(specs);
  const flags = readFlags(service, entries, argv);
  if (typeof flags === "string") return { kind: "help", text: flags };

  const config: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, spec] of entries) {
    const given = flags[name] ?? (env[spec.env] || undefined) ?? spec.fallback;
    if (given === undefined) {
      faults.push(`${flagOf(name)} (${spec.env}) is required: ${spec.accepts}`);
      continue;
    }
    const read = spec.schema.safeParse(given);
    if (read.success) config[name] = read.data;
    else faults.push(`${flagOf(name)} (${spec.env}) must be ${spec.accepts}${butWas(spec, given)}`);
  }
  if (faults.length > 0) {
    const options =
      faults.length === 1 ? "1 option cannot be used" : `${faults.length} options cannot be used`;
    throw new ConfigError([`${options}:`, ...faults.map((fault) => `  ${fault}`)].join("\n"));
  }
  return { kind: "run", config: config as C }; // each field was read by the spec of its name
}

function butWas(spec: OptionSpec<unknown>, given: string): string {
  return spec.secret ? "" : `; it is ${JSON.stringify(given)}`;
}

function readFlags(
  service: ServiceNaming,
  entries: readonly [string, OptionSpec<unknown>][],
  argv: readonly string[],
): Record<string, string> | string {
  let help = "";
  const command = new Command(service.name)
    .description(service.about)
    .allowExcessArguments(false)
    .helpOption("-h, --help", "Shows this.")
    .addHelpText("after", `\nA key for --access-file: ${service.name} keys new NAME`)
    .configureOutput({ writeOut: (text) => (help += text), writeErr: () => undefined })
    .exitOverride();
  for (const [name, spec] of entries) {
    const start = spec.fallback === undefined ? "required" : `default ${spec.fallback || "none"}`;
    command.addOption(
      new Option(
        `${flagOf(name)} <${spec.placeholder}>`,
        `${spec.about} ${spec.accepts}; ${start}. Env ${spec.env}.`,
      ),
    );
  }
  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.helpDisplayed") return help;
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return command.opts<Record<string, string>>();
}
