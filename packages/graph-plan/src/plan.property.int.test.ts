import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fold } from "./fold.ts";
import { compilePlan } from "./plan.ts";
import { arbitraryBatch, type Mix } from "./test/arbitrary.ts";
import { CannotApply } from "./test/cannot-apply.ts";
import { mutationsOf } from "./test/entries.ts";
import { encode, Graph, Refused } from "./test/graph.ts";
import { listing } from "./test/listing.ts";
import { Model } from "./test/model.ts";

let graph: Graph;
beforeAll(() => {
  graph = new Graph();
});
afterAll(() => graph.close());

test.each([
  { name: "by the contract", mix: mixOf({ risk: 1 }), entriesMax: 8, runs: 25 },
  { name: "that risk a refusal", mix: mixOf({ risk: 30 }), entriesMax: 2, runs: 25 },
  { name: "many of them by match", mix: mixOf({ byMatch: 40 }), entriesMax: 5, runs: 25 },
  { name: "with two shapes of a key", mix: mixOf({ twoShapes: true }), entriesMax: 8, runs: 15 },
])(
  "Neo4j holds after each batch of mutations $name what they make one by one",
  async ({ mix, entriesMax, runs }) => {
    const batches = fc.array(arbitraryBatch(mix, entriesMax), { minLength: 1, maxLength: 4 });

    await graph.wipe();
    await fc.assert(
      fc
        .asyncProperty(batches, async (given) => {
          let model = new Model();
          for (const batch of given) {
            const next = model.copy();
            const applies = appliesTo(next, batch);

            const plan = compilePlan(fold(batch), { encode });
            // Two keys of one label cannot both be unique.
            if (!mix.twoShapes) await graph.makeSchema(plan);
            const committed = await commits(plan);

            expect(committed).toBe(applies);
            if (applies) model = next;
            expect(await graph.listing()).toEqual(listing(model));
          }
        })
        .beforeEach(() => graph.run("MATCH (n) DETACH DELETE n").then(() => {})),
      { numRuns: runs },
    );
  },
  240_000,
);

function appliesTo(model: Model, batch: Parameters<typeof mutationsOf>[0]): boolean {
  try {
    model.apply(mutationsOf(batch));
    return true;
  } catch (error) {
    if (error instanceof CannotApply) return false;
    throw error;
  }
}

async function commits(plan: ReturnType<typeof compilePlan>): Promise<boolean> {
  try {
    await graph.commit(plan);
    return true;
  } catch (error) {
    // Too great a sum is the one refusal that is Neo4j's own.
    if (error instanceof Refused || /long overflow/.test(`${error}`)) return false;
    throw error;
  }
}

function mixOf(mix: Partial<Mix>): Mix {
  return { twoShapes: false, risk: 5, byMatch: 5, variety: "small", ...mix };
}
