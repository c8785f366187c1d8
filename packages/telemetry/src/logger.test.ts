import { expect, test } from "vitest";
import { logSignals } from "./log-signals.ts";
import { createLogger } from "./logger.ts";
import { signals } from "./signals.ts";

function recorded(): { lines: Record<string, unknown>[]; logger: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("test", "debug", { write: (line) => lines.push(JSON.parse(line)) });
  return { lines, logger };
}

test("a line is JSON with its level as a word and its time in UTC", () => {
  const { lines, logger } = recorded();

  logger.info({ url: "http://127.0.0.1:1" }, "listening");

  expect(lines).toMatchObject([
    { level: "info", name: "test", msg: "listening", url: "http://127.0.0.1:1" },
  ]);
  expect(lines[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test("an error is logged with its code and its causes", () => {
  const { lines, logger } = recorded();
  const cause = Object.assign(new Error("connection closed"), { code: 91 });

  logger.error({ err: new Error("cannot read", { cause }) }, "failed");

  expect(lines[0]).toMatchObject({
    err: { message: "cannot read", cause: { message: "connection closed", code: 91 } },
  });
});

test.each([
  [{ uri: "mongodb://app:s3cr%2Ft@db:27017/x?replicaSet=rs" }],
  [{ err: new Error("cannot reach neo4j+s://neo4j:s3cr%2Ft@graph:7687") }],
  [{ neo4jPassword: "s3cr%2Ft" }],
  [{ headers: { authorization: "Bearer s3cr%2Ft" } }],
  [{ note: "sent authorization: Bearer s3cr%2Ft.s3cr%2Ft-long" }],
  [{ options: { clientSecret: ["s3cr%2Ft"], token: "s3cr%2Ft" } }],
  [{ uri: "mongodb://app:one@two:s3cr%2Ft@db:27017/x" }],
  [{ uri: "mongodb://db/x?tlsCertificateKeyFilePassword=s3cr%2Ft&w=1" }],
  [{ headers: { "x-api-key": "s3cr%2Ft" }, claims: { accessToken: "s3cr%2Ft" } }],
])("a secret never reaches the output: %j", (fields) => {
  const { lines, logger } = recorded();

  logger.warn(fields, "said");

  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain("s3cr%2Ft");
  expect(JSON.stringify(lines)).toContain("***");
});

test.each([
  ["eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhcHAifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"],
  ["outgraph_9Zq3kJ0bXh2Vt7Lw5Rm8Pn1Yc4Ds6Gf-Ea_UoIiKlMz"],
])("a token never reaches the output, by whatever name: %s", (token) => {
  const { lines, logger } = recorded();

  logger.warn({ note: token, err: new Error(`refused ${token}, which is old`) }, "said");

  expect(JSON.stringify(lines)).not.toContain(token.slice(10, 30));
});

test("a secret that is known is blanked wherever it stands, encoded or not", () => {
  const lines: string[] = [];
  const secrets = ["mongodb://app:s3cr%2Ft-one@db/x", 'quo"ted-two', "short", "", "1234567"];
  const logger = createLogger("test", "info", { write: (line) => lines.push(line) }, secrets);

  logger.error(
    {
      pid: 1_234_567,
      a: "s3cr%2Ft-one",
      b: ["was s3cr/t-one."],
      err: new Error('login as quo"ted-two failed'),
    },
    "short words stay",
  );

  const [line = ""] = lines;
  expect(line).not.toMatch(/s3cr|ted-two/);
  expect(JSON.parse(line)).toMatchObject({
    pid: 1_234_567,
    a: "***",
    b: ["was ***."],
    msg: "short words stay",
  });
});

test("what is no secret stays as it is", () => {
  const { lines, logger } = recorded();

  logger.info({ url: "http://127.0.0.1:8480/a:b", pageToken: 4, rows: [1, 2], type: "a@b" }, "x");

  expect(lines[0]).toMatchObject({ url: "http://127.0.0.1:8480/a:b", rows: [1, 2], type: "a@b" });
});

test("signals are logged at their level with their payload as fields", () => {
  const { lines, logger } = recorded();
  const told = signals<{ "lease.lost": { epoch: bigint }; tick: { n: number } }>();
  logSignals(told, logger, {
    "lease.lost": { level: "warn", fields: ({ epoch }) => ({ epoch: String(epoch) }) },
    tick: null,
  });

  told.emit("lease.lost", { epoch: 7n });
  told.emit("tick", { n: 1 });

  expect(lines).toMatchObject([{ level: "warn", msg: "lease.lost", epoch: "7" }]);
});
