// Loaded by `--import` into each process under test: its clocks say what the file named by
// OUTGRAPH_CHAOS_CLOCK tells them to, as if somebody had set the time of day, or the machine's
// oscillator ran too fast or too slow. In every thread of the process alike.
//
// Not libfaketime: it is one more package to have, and it counts in whole processes; this reaches the
// two clocks that Node has, in any life of a process, and at any moment of it.
import { readFileSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { elapsed, type Skew, STRAIGHT, wallOffsetMs } from "../skew.ts";

const LOOK_MS = 100; // well within the notice that a skew gives

const file = process.env["OUTGRAPH_CHAOS_CLOCK"];

const bigint = process.hrtime.bigint.bind(process.hrtime);
const DateNow = Date.now;
const RealDate = Date;
let skew: Skew = STRAIGHT;

if (file !== undefined) {
  look(file);
  setInterval(() => look(file), LOOK_MS).unref();
  skewMonotonic();
  skewWall();
}

function look(path: string): void {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // nobody has skewed anything yet
    throw error;
  }
  if (text === JSON.stringify(skew)) return;
  skew = JSON.parse(text) as Skew;
  writeFileSync(`${path}.${skew.number}.seen-by-${process.pid}-${threadId}`, "");
}

function skewMonotonic(): void {
  const nowNs = (): bigint => elapsed(skew, bigint());
  const hrtime = ((before?: [number, number]): [number, number] => {
    const ns = nowNs() - (before ? BigInt(before[0]) * 1_000_000_000n + BigInt(before[1]) : 0n);
    return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
  }) as typeof process.hrtime;
  hrtime.bigint = nowNs;
  process.hrtime = hrtime;
  const origin = bigint() - BigInt(Math.round(performance.now() * 1e6));
  performance.now = () => Number(nowNs() - origin) / 1e6;
}

function skewWall(): void {
  const now = (): number => DateNow() + wallOffsetMs(skew, bigint());
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, as) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, as) as object,
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name, target)),
  });
}
