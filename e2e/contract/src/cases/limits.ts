import type { Case } from "../script.ts";

const MIB = 2 ** 20;

/** Sizes, and the backlog. */
export const LIMITS: readonly Case[] = [
  {
    name: "an entry of 9 MiB",
    expect: ["RESOURCE_EXHAUSTED at `entry`"],
    refusals: ["too_large"],
    play: async (on) => [await on.append("too large", { textBytes: 9 * MIB })],
  },
  {
    name: "a request of 20 MB",
    expect: ["RESOURCE_EXHAUSTED"],
    play: async (on) => [await on.append("20 MB", { textBytes: 20_000_000 })],
  },
  {
    name: "a backlog at its cap, until the time is up",
    expect: ["RESOURCE_EXHAUSTED, retry after 5000 ms"],
    refusals: ["backlog_full"],
    play: async (on) => [await on.append("capped", {}, { to: "full", timeoutMs: 2_000 })],
  },
];
