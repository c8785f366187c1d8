import { readFileSync } from "node:fs";
import { optionRows, readConfig, tableRows } from "@outgraph/rpc-server/service";
import { expect, test } from "vitest";
import { RELAY_CONFIG, transactionMsMax } from "./config.ts";

const env = { OUTGRAPH_MONGODB_URI: "mongodb://db", OUTGRAPH_NEO4J_URI: "bolt://graph" };
const read = (more: Record<string, string> = {}) =>
  readConfig({ name: "outgraph-relay", about: "" }, RELAY_CONFIG, [], { ...env, ...more });

test("two addresses are enough", () => {
  expect(read()).toMatchObject({
    kind: "run",
    config: { leaseTtlMs: 10_000, batchRowsMax: 5_000, listen: { host: "127.0.0.1", port: 8481 } },
  });
});

test("every option out of range is named, and no secret is shown", () => {
  const wrong = () =>
    read({
      OUTGRAPH_MONGODB_URI: "postgres://u:hidden@db",
      OUTGRAPH_LEASE_TTL_MS: "10",
      OUTGRAPH_BATCH_ROWS_MAX: "0",
    });

  for (const variable of ["MONGODB_URI", "LEASE_TTL_MS", "BATCH_ROWS_MAX"]) {
    expect(wrong).toThrow(`OUTGRAPH_${variable}`);
  }
  expect(wrong).not.toThrow(/hidden/);
});

test("a transaction always ends before the lease", () => {
  for (const leaseTtlMs of [1_000, 10_000, 300_000]) {
    expect(transactionMsMax({ leaseTtlMs })).toBeLessThan(leaseTtlMs);
  }
});

test("the README lists exactly these options", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

  expect(tableRows(readme)).toEqual(optionRows(RELAY_CONFIG));
});
