import { signals } from "@outgraph/telemetry";
import { expect, test } from "vitest";
import type { CheckedAppend } from "./check-append.ts";
import { type AppendTransactions, NotTogether } from "./group-commit.ts";
import type { Committed } from "./ports.ts";
import type { Refusal } from "./refusal.ts";
import type { AppendSignals } from "./signals.ts";
import { toldTransactions } from "./told-transactions.ts";

const APPEND = {} as CheckedAppend;
const COMMITTED = {} as Committed;
const REFUSED: Refusal = { kind: "cancelled" };
const LIMIT = { timeoutMs: 1, signal: new AbortController().signal };

/** What is told of a call to transactions that do this. */
async function told(
  work: Partial<AppendTransactions>,
  call: (transactions: AppendTransactions) => Promise<unknown>,
): Promise<[number, string][]> {
  const heard: [number, string][] = [];
  const bus = signals<AppendSignals>();
  bus.on("transaction.ended", ({ appends, outcome }) => heard.push([appends, outcome]));
  await call(toldTransactions(work as AppendTransactions, bus)).catch(() => {});
  return heard;
}

const together = (transactions: AppendTransactions) =>
  transactions.together([APPEND, APPEND, APPEND], 1);
const alone = (transactions: AppendTransactions) =>
  transactions.alone(APPEND, LIMIT, false, () => {});

test("every transaction is told of once, with its size and outcome", async () => {
  const all = { together: async () => [COMMITTED, COMMITTED, COMMITTED] };
  expect(await told(all, together)).toEqual([[3, "committed"]]);
  expect(await told({ alone: async () => COMMITTED }, alone)).toEqual([[1, "committed"]]);
  expect(await told({ alone: async () => REFUSED }, alone)).toEqual([[1, "refused"]]);
});

test("one that did not work out together is told apart from one that may have committed", async () => {
  const failing = (undecided: boolean) => ({
    together: async () => {
      throw new NotTogether(undecided, new Error("conflict"));
    },
  });
  expect(await told(failing(false), together)).toEqual([[3, "apart"]]);
  expect(await told(failing(true), together)).toEqual([[3, "unknown"]]);
});
