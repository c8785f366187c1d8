import { edgesAfter, histories } from "../truth/fold.ts";
import { standing } from "../truth/standing.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const noGhost: Invariant = invariant(
  "no-ghost",
  "nothing of a deleted node is left or comes back, and nothing is there that no entry made",
  [],
  function* (evidence): Generator<Found> {
    for (const stranger of evidence.graph.strangers ?? []) {
      yield { what: `nobody makes a node that is ${stranger}` };
    }
    const { skipped, aside, pending } = standing(evidence);
    const byNode = histories(evidence.ledger, new Set([...skipped, ...aside, ...pending]));
    const all = histories(evidence.ledger);
    for (const { key, log } of evidence.graph.nodes) {
      if (!all.has(key)) {
        yield { what: "no entry touches it", node: key };
        continue;
      }
      const died = byNode.get(key)?.findLast(({ does }) => does !== "write");
      if (died === undefined) continue;
      const old = log.filter((n) => n < died.n);
      if (old.length > 0) {
        const what = `number ${died.n} deleted it, and its log still has ${old}`;
        yield { what, entry: died.entry, node: key };
      } else if (log.length === 0) {
        yield {
          what: `number ${died.n} deleted it, and it has no log`,
          entry: died.entry,
          node: key,
        };
      }
    }
    const open = new Set(
      evidence.ledger.flatMap((e) => (pending.has(e.id) ? e.touches : [])).map((t) => t.node),
    );
    const made = new Set(
      edgesAfter(evidence.ledger, skipped.union(aside)).map(({ from, to }) =>
        JSON.stringify([from, to]),
      ),
    );
    for (const { type, from, to } of evidence.graph.edges) {
      if (open.has(from) || open.has(to) || made.has(JSON.stringify([from, to]))) continue;
      yield { what: `the edge ${type} from ${from} to ${to} should be gone` };
    }
  },
);
