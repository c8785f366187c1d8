import { expect, test } from "vitest";
import {
  choice,
  type Listen,
  listenOn,
  type OptionSpecs,
  onOff,
  optionRows,
  tableRows,
  text,
  whole,
  words,
} from "./options.ts";
import { ConfigError, readConfig } from "./read-config.ts";

interface Options {
  uri: string;
  password: string;
  leaseTtlMs: number;
  level: "info" | "warn";
  setup: boolean;
  listen: Listen;
  pages: readonly string[];
}
const OPTIONS: OptionSpecs<Options> = {
  uri: text({ env: "X_URI", about: "Where.", accepts: "a mongodb:// URI", pattern: /^mongodb:/ }),
  password: text({
    env: "X_PASSWORD",
    about: "Word.",
    accepts: "4 letters",
    pattern: /^.{4}$/,
    default: "abcd",
    secret: true,
  }),
  leaseTtlMs: whole({
    env: "X_TTL",
    about: "How long.",
    min: 1_000,
    max: 300_000,
    unit: "ms",
    default: 10_000,
  }),
  level: choice({ env: "X_LEVEL", about: "How much.", of: ["info", "warn"], default: "info" }),
  setup: onOff({ env: "X_SETUP", about: "Whether.", default: true }),
  listen: listenOn({ env: "X_LISTEN", about: "Where to.", default: "127.0.0.1:8480" }),
  pages: words({ env: "X_PAGES", about: "Who.", accepts: "words", pattern: /^[a-z]+$/ }),
};
const read = (argv: string[], env: Record<string, string> = {}) =>
  readConfig({ name: "x", about: "An x." }, OPTIONS, argv, env);

test("a flag goes before the environment, which goes before the default", () => {
  const asked = read(["--lease-ttl-ms", "2000"], {
    X_URI: "mongodb://a",
    X_TTL: "3000",
    X_SETUP: "off",
    X_LEVEL: "",
    X_LISTEN: "[::1]:0",
    X_PAGES: "a, b",
  });

  expect(asked).toEqual({
    kind: "run",
    config: {
      uri: "mongodb://a",
      password: "abcd",
      leaseTtlMs: 2_000,
      level: "info",
      setup: false,
      listen: { host: "::1", port: 0 },
      pages: ["a", "b"],
    },
  });
});

test("one error names every option at fault with its variable and range, and no secret", () => {
  const wrong = () =>
    read(["--listen", "localhost:70000"], { X_TTL: "12", X_LEVEL: "loud", X_PASSWORD: "secret" });

  expect(wrong).toThrow(ConfigError);
  expect(wrong).toThrow(
    `5 options cannot be used:
  --uri (X_URI) is required: a mongodb:// URI
  --password (X_PASSWORD) must be 4 letters
  --lease-ttl-ms (X_TTL) must be 1000 to 300000 ms; it is "12"
  --level (X_LEVEL) must be info, warn; it is "loud"
  --listen (X_LISTEN) must be host:port, port 0 to 65535 (0: a free one); it is "localhost:70000"`,
  );
});

test.each(["", "1e4", "0x10", "10000.5", " 10000", "99999999999999999999"])(
  "%j is no whole number",
  (ttl) => {
    expect(() => read(["--uri", "mongodb://a", "--lease-ttl-ms", ttl])).toThrow("--lease-ttl-ms");
  },
);

test("an unknown flag or a stray word is refused", () => {
  expect(() => read(["--uri", "mongodb://a", "--fast"])).toThrow(/unknown option '--fast'/);
  expect(() => read(["--uri", "mongodb://a", "fast"])).toThrow(/too many arguments/);
});

test("help lists every option with range, default and variable", () => {
  const asked = read(["--help"]);

  expect(asked.kind).toBe("help");
  const help = asked.kind === "help" ? asked.text.replaceAll(/\s+/g, " ") : "";
  expect(help).toContain(
    "--lease-ttl-ms <ms> How long. 1000 to 300000 ms; default 10000. Env X_TTL.",
  );
  expect(help).toContain("--pages <list> Who. words; default none. Env X_PAGES.");
  expect(help).toContain("--uri <text> Where. a mongodb:// URI; required. Env X_URI.");
});

test("a README's table is told by its cells, however it is aligned", () => {
  const rows = optionRows(OPTIONS);

  expect(rows).toContainEqual(["`--setup`", "`X_SETUP`", "on, off", "`on`", "Whether."]);
  const table = rows.map(
    (cells) => `| ${cells.map((c) => c.replaceAll("|", "\\|").padEnd(30)).join(" | ")} |`,
  );
  expect(
    tableRows(
      ["# X", "| flag | env |", ...table, "| `other` |", "| `--setup off` | x |"].join("\n"),
    ),
  ).toEqual(rows);
});
