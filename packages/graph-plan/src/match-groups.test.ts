import { type Mutation, type Properties, toProperties } from "@outgraph/events";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";
import { entryOf, mutationOf } from "./test/entries.ts";

const update = (where: Properties, set: Properties) =>
  mutationOf({
    case: "updateNodes",
    value: { match: { label: "A", where: toProperties(where) }, set: toProperties(set) },
  });
const remove = (where: Properties) =>
  mutationOf({ case: "deleteNodes", value: { match: { label: "A", where: toProperties(where) } } });
const updateEdges = (from: Properties, where: Properties, set: Properties) =>
  mutationOf({
    case: "updateEdges",
    value: {
      match: {
        type: "T",
        from: { label: "A", where: toProperties(from) },
        where: toProperties(where),
      },
      set: toProperties(set),
    },
  });

const groupsOf = (...mutations: Mutation[]) => {
  const segments = fold([entryOf(mutations)]);
  expect(segments.length).toBeLessThanOrEqual(1);
  return segments.flatMap(({ matches }) => matches.map((group) => group.length));
};

test.each<[string, Mutation[], number[]]>([
  [
    "updates of different nodes are one group",
    [update({ f: "a" }, { x: 1n }), update({ f: "b" }, { y: 1n })],
    [2],
  ],
  [
    "updates of the same nodes keep their order",
    [update({ f: "a" }, { x: 1n }), update({ f: "a" }, { x: 2n })],
    [1, 1],
  ],
  [
    "an update of what is matched by stands alone",
    [update({ f: "a" }, { f: "b" }), update({ f: "b" }, { x: 1n }), update({ f: "c" }, { f: "d" })],
    [1, 1, 1],
  ],
  [
    "updates by properties of other names keep their order",
    [update({ f: "a" }, { x: 1n }), update({ g: "a" }, { x: 2n })],
    [1, 1],
  ],
  [
    "an integer may equal a float",
    [update({ f: 1n }, { x: 1n }), update({ f: 1 }, { x: 2n }), update({ f: 2n }, { x: 2n })],
    [1, 1, 1],
  ],
  ["updates of all nodes keep their order", [update({}, { x: 1n }), update({}, { x: 2n })], [1, 1]],
  [
    "deletes are one group, the same one once",
    [
      remove({ f: "a" }),
      remove({ f: "b" }),
      remove({ f: "a" }),
      remove({ f: 1 }),
      remove({ f: 1n }),
    ],
    [4],
  ],
  [
    "a delete between updates parts them",
    [update({ f: "a" }, { x: 1n }), remove({ x: 1n }), update({ f: "b" }, { x: 1n })],
    [1, 1, 1],
  ],
  [
    "edges that differ by an end are different",
    [
      updateEdges({ id: 1n }, { d: "m" }, { x: 1n }),
      updateEdges({ id: 2n }, { d: "m" }, { x: 2n }),
    ],
    [2],
  ],
  [
    "edges of one end and date are the same",
    [
      updateEdges({ id: 1n }, { d: "m" }, { x: 1n }),
      updateEdges({ id: 1n }, { d: "m" }, { x: 2n }),
    ],
    [1, 1],
  ],
  ["an update of nothing is nothing", [update({ f: "a" }, {})], []],
])("%s", (_, mutations, groups) => {
  expect(groupsOf(...mutations)).toEqual(groups);
});
