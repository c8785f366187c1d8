import { readFileSync } from "node:fs";

/** The state letter of a process, as Linux tells it: "T" stands still. "gone" when there is none. */
export function stateOf(pid: number): string {
  try {
    // After the name, which stands in brackets and may itself hold one.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0] ?? "gone";
  } catch {
    return "gone";
  }
}
