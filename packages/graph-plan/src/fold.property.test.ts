import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";
import { applySegments } from "./test/apply-segments.ts";
import { arbitraryBatch, type Mix } from "./test/arbitrary.ts";
import { CannotApply } from "./test/cannot-apply.ts";
import { mutationsOf } from "./test/entries.ts";
import { type Listing, listing } from "./test/listing.ts";
import { Model } from "./test/model.ts";

test.each([
  { name: "by the contract", mix: mixOf({ risk: 1 }), entriesMax: 8, runs: 600 },
  { name: "that risk a refusal", mix: mixOf({ risk: 30 }), entriesMax: 2, runs: 900 },
  { name: "many of them by match", mix: mixOf({ byMatch: 40 }), entriesMax: 5, runs: 900 },
  {
    name: "nearly all of them by match",
    mix: mixOf({ byMatch: 95, variety: "small" }),
    entriesMax: 4,
    runs: 900,
  },
  { name: "with two shapes of a key", mix: mixOf({ twoShapes: true }), entriesMax: 8, runs: 600 },
])(
  "a folded batch of mutations $name does what they do one by one",
  ({ mix, entriesMax, runs }) => {
    const first = arbitraryBatch({ ...mix, byMatch: 0, risk: 0 }, 2); // so that matches meet something
    const more = fc.array(arbitraryBatch(mix, entriesMax), { minLength: 1, maxLength: 4 });

    fc.assert(
      fc.property(first, more, (start, given) => {
        let graph = new Model();
        for (const batch of [start, ...given]) {
          const oneByOne = outcome(graph, (model) => model.apply(mutationsOf(batch)));
          const folded = outcome(graph, (model) => applySegments(model, fold(batch)));

          expect(folded.listing).toEqual(oneByOne.listing);
          graph = oneByOne.graph;
        }
      }),
      { numRuns: runs },
    );
  },
  120_000,
);

/** The graph after a transaction; as it was, and "refused", when that could not be applied. */
function outcome(
  before: Model,
  transaction: (model: Model) => void,
): { graph: Model; listing: Listing | "refused" } {
  const graph = before.copy();
  try {
    transaction(graph);
    return { graph, listing: listing(graph) };
  } catch (error) {
    if (!(error instanceof CannotApply)) throw error;
    return { graph: before, listing: "refused" };
  }
}

function mixOf(mix: Partial<Mix>): Mix {
  return { twoShapes: false, risk: 5, byMatch: 5, variety: "full", ...mix };
}
