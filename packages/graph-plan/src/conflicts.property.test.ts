import type { Entry } from "@outgraph/events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { conflicts } from "./conflicts.ts";
import { fold } from "./fold.ts";
import { LabelCompany } from "./label-company.ts";
import { applySegments } from "./test/apply-segments.ts";
import { arbitraryBatch, type Mix } from "./test/arbitrary.ts";
import { CannotApply } from "./test/cannot-apply.ts";
import { listing } from "./test/listing.ts";
import { Model } from "./test/model.ts";
import { touches } from "./touches.ts";

/** The graph after a transaction of its own for each; what cannot be applied is left out. */
function applied(before: Model, entries: readonly Entry[]) {
  let graph = before;
  const refused = new Set<string>();
  for (const entry of entries) {
    const next = graph.copy();
    try {
      applySegments(next, fold([entry]));
      graph = next;
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error;
      refused.add(entry.id);
    }
  }
  return { graph, refused, listing: listing(graph) };
}

function companyIn(graph: Model): LabelCompany {
  const company = new LabelCompany();
  for (const { labels } of graph.nodes) company.learn([...labels]);
  return company;
}

const mixOf = (mix: Partial<Mix>): Mix => ({
  twoShapes: false,
  risk: 5,
  byMatch: 5,
  variety: "full",
  ...mix,
});

test.each([
  { name: "by key", mix: mixOf({ byMatch: 0 }), runs: 4_000 },
  { name: "that risk a refusal", mix: mixOf({ risk: 50, byMatch: 0 }), runs: 4_000 },
  { name: "half of them by match", mix: mixOf({ byMatch: 50, risk: 20 }), runs: 4_000 },
])(
  "entries of mutations $name that do not conflict can change places, refused ones too",
  ({ mix, runs }) => {
    let apart = 0;
    const start = arbitraryBatch({ ...mix, byMatch: 0, risk: 0 }, 3);
    const two = fc.tuple(arbitraryBatch(mix, 1), arbitraryBatch(mix, 1));
    fc.assert(
      fc.property(start, two, (first, [[a], [b]]) => {
        if (a === undefined || b === undefined) return;
        const { graph } = applied(new Model(), first);
        if (conflicts(touches(a), touches(b), companyIn(graph))) return;
        apart += 1;

        const inOrder = applied(graph, [a, b]);
        const changed = applied(graph, [b, a]);

        expect(changed.listing).toEqual(inOrder.listing);
        expect(changed.refused).toEqual(inOrder.refused);
        if (inOrder.refused.size > 0) return;
        const together = graph.copy();
        applySegments(together, fold([b, a]));
        expect(listing(together)).toEqual(inOrder.listing);
      }),
      { numRuns: runs },
    );
    expect(apart).toBeGreaterThan(runs / 50); // else nothing was tried
  },
  120_000,
);
