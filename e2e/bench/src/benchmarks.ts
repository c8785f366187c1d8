import { append } from "./append/append.ts";
import { rpc } from "./append/rpc.ts";
import { growth } from "./backlog/growth.ts";
import { restart } from "./backlog/restart.ts";
import type { Benchmark } from "./benchmark.ts";
import { dual } from "./dual/dual.ts";
import { lag } from "./lag/lag.ts";
import { purge } from "./lag/purge.ts";
import { coalesce, drain } from "./relay/drain.ts";
import { writer } from "./writer/writer.ts";

/** All there are, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  drain,
  coalesce,
  append,
  rpc,
  dual,
  writer,
  lag,
  purge,
  growth,
  restart,
];
