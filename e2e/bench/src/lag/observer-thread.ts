import { parentPort, workerData } from "node:worker_threads";
import neo4j from "neo4j-driver";
import type { Observed, Seen } from "./observer.ts";
import { quantile } from "./quantile.ts";
import { steadyMs } from "./steady-clock.ts";

/** Without anything new for so long, something is broken. */
const PATIENCE_MS = 60_000;

const LOOK = "MATCH (s:Symbol) WHERE s.number >= $from RETURN s.number AS number";

const { uri, auth, from: first, count } = workerData as Observed;
const login = auth && neo4j.auth.basic(auth.username, auth.password);
const driver = neo4j.driver(uri, login, { useBigInt: true });
const session = driver.session({ defaultAccessMode: "READ" });

const visible = new Float64Array(count);
const periods: number[] = [];
let left = count;
// Everything before is visible. Symbols come nearly in their order, so little is read twice.
let next = 0;

/** When the server looked, as far as that is known from outside: between question and answer. */
async function look(): Promise<{ readonly at: number; readonly numbers: readonly bigint[] }> {
  const asked = steadyMs();
  const { records } = await session.run<{ number: bigint }>(LOOK, { from: BigInt(first + next) });
  const at = (asked + steadyMs()) / 2;
  return { at, numbers: records.map((record) => record.get("number")) };
}

let before = (await look()).at;
parentPort?.postMessage("looking");
let lastNew = before;
while (left > 0) {
  const { at, numbers } = await look();
  for (const number of numbers) {
    const index = Number(number) - first;
    if (visible[index] !== 0) continue;
    visible[index] = (before + at) / 2;
    left -= 1;
    lastNew = at;
  }
  while (next < count && visible[next] !== 0) next += 1;
  if (at - lastNew > PATIENCE_MS) throw new Error(`${left} symbols were never seen`);
  periods.push(at - before);
  before = at;
}
periods.sort((a, b) => a - b);
const seen: Seen = {
  visible,
  periodMsP50: quantile(periods, 0.5),
  periodMsP99: quantile(periods, 0.99),
};
parentPort?.postMessage(seen);
await driver.close();
