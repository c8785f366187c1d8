import { z } from "zod";

/** One option of a service: how it is given, what it may be, and what it means. */
export interface OptionSpec<T> {
  /** The environment variable. */
  readonly env: string;
  /** What it does and what the trade-off is: one or two sentences. */
  readonly about: string;
  /** What stands for the value in `--help`: `ms`, `uri`, `on|off`. */
  readonly placeholder: string;
  /** Which values are taken, in words: `1000 to 300000 ms`. */
  readonly accepts: string;
  /** As one would write it; absent for an option that must be given. */
  readonly fallback: string | undefined;
  /** Its value is never shown. */
  readonly secret: boolean;
  readonly schema: z.ZodType<T, string>;
}

/** The options of a service, by the name its code uses; the flag is that name in kebab-case. */
export type OptionSpecs<C extends object> = { readonly [K in keyof C]-?: OptionSpec<C[K]> };

interface Said {
  readonly env: string;
  readonly about: string;
}

/** A whole number from `min` to `max`, both included. */
export function whole(
  said: Said & { min: number; max: number; unit: string; default: number },
): OptionSpec<number> {
  const accepts = `${said.min} to ${said.max} ${said.unit}`.trimEnd();
  return {
    env: said.env,
    about: said.about,
    placeholder: said.unit === "" ? "n" : said.unit,
    accepts,
    fallback: String(said.default),
    secret: false,
    schema: z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number)
      .pipe(z.int().min(said.min).max(said.max)),
  };
}

/** A text that matches `pattern`; required unless it has a default. */
export function text(
  said: Said & {
    accepts: string;
    placeholder?: string;
    pattern?: RegExp;
    default?: string;
    secret?: boolean;
  },
): OptionSpec<string> {
  return {
    env: said.env,
    about: said.about,
    placeholder: said.placeholder ?? "text",
    accepts: said.accepts,
    fallback: said.default,
    secret: said.secret ?? false,
    schema: z.string().regex(said.pattern ?? /^/),
  };
}

/** One of a few words. */
export function choice<const W extends string>(
  said: Said & { of: readonly [W, ...W[]]; default: NoInfer<W> },
): OptionSpec<W> {
  return {
    env: said.env,
    about: said.about,
    placeholder: "word",
    accepts: said.of.join(", "),
    fallback: said.default,
    secret: false,
    schema: z.string().pipe(z.enum(said.of)) as unknown as z.ZodType<W, string>,
  };
}

/** Words with commas between, each as `pattern` says; left out, none. */
export function words(
  said: Said & { accepts: string; pattern: RegExp },
): OptionSpec<readonly string[]> {
  return {
    env: said.env,
    about: said.about,
    placeholder: "list",
    accepts: said.accepts,
    fallback: "",
    secret: false,
    schema: z
      .string()
      .transform((list) => (list === "" ? [] : list.split(",").map((word) => word.trim())))
      .pipe(z.array(z.string().regex(said.pattern))),
  };
}

/** `on` or `off`. */
export function onOff(said: Said & { default: boolean }): OptionSpec<boolean> {
  return {
    env: said.env,
    about: said.about,
    placeholder: "on|off",
    accepts: "on, off",
    fallback: said.default ? "on" : "off",
    secret: false,
    schema: z
      .string()
      .pipe(z.enum(["on", "off"]))
      .transform((word) => word === "on"),
  };
}

/** `host:port`; an IPv6 host in brackets. Port 0 takes a free one. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** An address to listen on. */
export function listenOn(said: Said & { default: string }): OptionSpec<Listen> {
  return {
    env: said.env,
    about: said.about,
    placeholder: "host:port",
    accepts: "host:port, port 0 to 65535 (0: a free one)",
    fallback: said.default,
    secret: false,
    schema: z
      .string()
      .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s[\]]+):\d{1,5}$/)
      .transform((value) => {
        const colon = value.lastIndexOf(":");
        const host = value.slice(0, colon).replace(/^\[|\]$/g, "");
        return { host, port: Number(value.slice(colon + 1)) };
      })
      .refine(({ port }) => port <= 65_535),
  };
}

/** `leaseTtlMs` → `--lease-ttl-ms`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * The options as the rows of a Markdown table, each a list of cells: flag, variable, accepts,
 * default, meaning. A service's README holds them, and a test compares: see {@link tableRows}.
 */
export function optionRows<C extends object>(specs: OptionSpecs<C>): string[][] {
  return Object.entries<OptionSpec<unknown>>(specs).map(([name, spec]) => [
    `\`${flagOf(name)}\``,
    `\`${spec.env}\``,
    spec.accepts,
    defaultOf(spec),
    spec.about,
  ]);
}

/** The rows of all tables in a Markdown text whose first cell is a flag, however they are aligned. */
export function tableRows(markdown: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => /^\| `--[a-z0-9-]+` *\|/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll("\\|", "|")));
}

function defaultOf({ fallback }: OptionSpec<unknown>): string {
  if (fallback === undefined) return "required";
  return fallback === "" ? "none" : `\`${fallback}\``;
}
