import { readFileSync } from "node:fs";

/**
 * The state of a process as Linux tells it: "R", "S", "T" for stopped; "gone" when there is none, or
 * only its entry for a parent that has not asked yet.
 */
export function stateOf(pid: number): string {
  try {
    // The name in brackets may contain anything; the state is the first word after it.
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0] ?? "gone";
    return state === "Z" || state === "X" ? "gone" : state;
  } catch {
    return "gone"; // its folder is not there, or vanished while we read
  }
}
