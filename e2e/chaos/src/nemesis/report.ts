import type { Violation } from "../invariants/index.ts";
import type { Outcome } from "./carry-out.ts";
import type { FaultKind } from "./faults.ts";
import type { Options } from "./options.ts";
import type { Result } from "./run.ts";

/** Violations that are printed; the rest is in the kept evidence. */
const SHOWN = 20;

/** Whether the promises held, and the run was worth something. */
export function holds({ violations, vacuous }: Pick<Result, "violations" | "vacuous">): boolean {
  return violations.length === 0 && vacuous.length === 0;
}

/** The verdict for a person, and the line for a program, which is the last one. */
export function report(result: Result, options: Options): readonly string[] {
  const { violations, vacuous, operations } = result;
  const count = counter(result.outcomes);
  return [
    ...violations.slice(0, SHOWN).map(inWords),
    ...(violations.length > SHOWN ? [`… and ${violations.length - SHOWN} more`] : []),
    ...vacuous.map((why) => `proves nothing: ${why}`),
    `writers were told: ${operations.ok} ok, ${operations.unknown} unknown, ${operations.failed} failed` +
      ` (and ${operations.raced} lost a race with another writer)`,
    `also: ${count("lose")} wires that lost replies, ${count("slow")} slow, ${count("skew")} clocks ` +
      `skewed, ${result.epochs} terms of relays; drained ${drained(result)}`,
    `judged: ${result.judged.join(", ")}`,
    ...(result.notJudged.length > 0 ? [`not judged: ${result.notJudged.join(", ")}`] : []),
    verdict(result),
    ...(holds(result) ? [] : [`again: ${again(options)}`]),
    line(result),
  ];
}

function verdict(result: Result): string {
  if (result.violations.length > 0) return "The promises did NOT hold.";
  if (result.vacuous.length > 0) return "Nothing was broken, but the run proves too little.";
  return (
    "Every promise held: each of the entries that committed is in the graph once, in order, whole, " +
    "and nothing else is."
  );
}

/** The last line. */
export function line(result: Result): string {
  const count = counter(result.outcomes);
  return (
    `chaos: ${holds(result) ? "ok" : "violated"} kills=${count("kill")} pauses=${count("pause")} ` +
    `partitions=${count("partition")} stepdowns=${count("step-down")} entries=${result.entries} ` +
    `violations=${result.violations.length}`
  );
}

/** Faults of a kind that struck, and were seen to. */
function counter(outcomes: readonly Outcome[]): (kind: FaultKind) => number {
  return (kind) => outcomes.filter(({ fault, seen }) => fault.kind === kind && seen).length;
}

function inWords({ invariant, what, entry, node }: Violation): string {
  const about = [entry && `entry ${entry}`, node && `node ${node}`].filter(Boolean).join(", ");
  return `VIOLATED ${invariant}: ${what}${about === "" ? "" : ` (${about})`}`;
}

function drained({ drainedMs }: Result): string {
  return drainedMs === undefined ? "never" : `in ${(drainedMs / 1_000).toFixed(1)} s`;
}

function again({ minutes, seed, given }: Options): string {
  const where = given === undefined ? "" : " --mongodb-uri … --neo4j-uri …";
  return `pnpm chaos --minutes ${minutes} --seed ${seed}${where}`;
}
