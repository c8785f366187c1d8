import { type Entries, NONE, name } from "./entries.ts";
import type { Counterexample } from "./explore.ts";
import type { State } from "./state.ts";

/** A counterexample for people: what happened, and what MongoDB and Neo4j held after it. */
export function describe({ steps, wrong }: Counterexample): string {
  const width = Math.max(...steps.map(({ what }) => what.length));
  const lines = steps.map(({ what, state }, index) => {
    const number = String(index + 1).padStart(3);
    return `${number}. ${what.padEnd(width)}  ${stored(state)}`;
  });
  return [...lines, `     ${wrong}.`].join("\n");
}

function stored({ outbox, graph }: State): string {
  const acks = outbox.acks.flatMap((ack, at) => (ack === NONE ? [] : [`${at + 1}=${name(ack)}`]));
  const parts = [
    `outbox ${name(outbox.entries)}`,
    ...(acks.length > 0 ? [`acks ${acks.join(" ")}`] : []),
    ...some("skipped", outbox.skipped),
    ...some("parked", outbox.parked),
    ...some("blocked", outbox.blocked),
    `lease ${outbox.lease}`,
    `| lane epoch ${graph.epoch} batch ${graph.batch}`,
    `ring ${graph.ring.map(name).join(" ")}`,
    `applied ${name(graph.applied)}`,
  ];
  return parts.join(" ");
}

const some = (what: string, entries: Entries): string[] =>
  entries === NONE ? [] : [`${what} ${name(entries)}`];
