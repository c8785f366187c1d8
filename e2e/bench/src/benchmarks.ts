import { append } from "./append/append.ts";
import { rpc } from "./append/rpc.ts";
import type { Benchmark } from "./benchmark.ts";

/** All there are, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [append, rpc];
