import { append } from "./append/append.ts";
import { rpc } from "./append/rpc.ts";
import type { Benchmark } from "./benchmark.ts";
import { coalesce, drain } from "./relay/drain.ts";

/** All there are, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [drain, coalesce, append, rpc];
