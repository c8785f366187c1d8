import {
  type AbsentEndsName,
  accumulate,
  createEdge,
  deleteEdge,
  deleteNode,
  type EdgeRef,
  type Entry,
  edge,
  type Mutation,
  mergeEdge,
  mergeNode,
  type NodeRef,
  node,
  type Properties,
  type PropertyValue,
} from "@outgraph/events";
import fc from "fast-check";
import { type Change, changes, PROPERTIES, value, withoutKey } from "./arbitrary-change.ts";
import { arbitraryMatch } from "./arbitrary-match.ts";
import { entryOf } from "./entries.ts";

// Few names and few values, so that mutations meet: what is deleted is made again, ends go while
// edges are pending, sums and lists meet properties of other types.

/** What the mutations are like. */
export interface Mix {
  /** A label has key properties in two shapes, which the contract forbids. */
  readonly twoShapes: boolean;
  /** Out of 100 looks at ends and accumulations, how many may make the batch impossible to apply. */
  readonly risk: number;
  /** How many edge types and shapes of keys: Neo4j takes long to plan a statement that it has not seen. */
  readonly variety: "full" | "small";
  /** Of 100 mutations, how many are by match. */
  readonly byMatch: number;
}

/** A batch of entries with a few mutations each. */
export function arbitraryBatch(mix: Mix, entriesMax: number): fc.Arbitrary<Entry[]> {
  const entry = fc
    .array(arbitraryMutation(mix), { minLength: 1, maxLength: 6 })
    .map((mutations) => entryOf(mutations));
  return fc.array(entry, { minLength: 1, maxLength: entriesMax });
}

function arbitraryMutation(mix: Mix): fc.Arbitrary<Mutation> {
  const nodes = arbitraryNode(mix);
  const edges = arbitraryEdge(mix, nodes);
  const absentEnds = fc.oneof(
    { weight: 100 - mix.risk, arbitrary: fc.constantFrom<AbsentEndsName>("stub", "if_present") },
    { weight: mix.risk, arbitrary: fc.constant<AbsentEndsName>("require") },
  );
  const byKey = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(nodes, changes, labels).map(mergedNode) },
    { weight: 3, arbitrary: nodes.map(deleteNode) },
    { weight: 6, arbitrary: fc.tuple(edges, changes, absentEnds).map(mergedEdge) },
    { weight: 2, arbitrary: edges.map(deleteEdge) },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.oneof(nodes, edges), accumulation(mix), absentEnds).map(accumulated),
    },
    { weight: 2, arbitrary: fc.tuple(edges, changes, absentEnds).map(createdEdge) },
  );
  return fc.oneof(
    { weight: 100 - mix.byMatch, arbitrary: byKey },
    { weight: mix.byMatch, arbitrary: arbitraryMatch(mix.variety) },
  );
}

const id = fc.constantFrom<PropertyValue>(1n, 2n, "1");

function arbitraryNode({ twoShapes }: Mix): fc.Arbitrary<NodeRef> {
  const label = fc.constantFrom("A", "B");
  const short = fc.tuple(label, id).map(([name, value]) => node(name, { id: value }));
  if (!twoShapes) return short;
  const long = fc
    .tuple(label, id, fc.constantFrom(1n, 2n))
    .map(([name, value, x]) => node(name, { id: value, x }));
  return fc.oneof({ weight: 4, arbitrary: short }, { weight: 1, arbitrary: long });
}

function arbitraryEdge({ variety }: Mix, nodes: fc.Arbitrary<NodeRef>): fc.Arbitrary<EdgeRef> {
  const types = variety === "full" ? ["T", "U"] : ["T"];
  const keys = [
    {},
    {},
    {},
    { x: 1n },
    { x: 2n },
    ...(variety === "full" ? [{ x: 1n, y: "k" }] : []),
  ];
  return fc
    .tuple(fc.constantFrom(...types), nodes, nodes, fc.constantFrom<Properties>(...keys))
    .filter(([, from, to]) => !areOfTwoShapes(from, to))
    .map(([type, from, to, itsKey]) => edge(type, from, to, itsKey));
}

/** What one mutation that names its own two ends in two shapes means, nobody says. */
function areOfTwoShapes(from: NodeRef, to: NodeRef): boolean {
  return from.label === to.label && Object.keys(from.key).length !== Object.keys(to.key).length;
}

type LabelChange = readonly [add: string[], remove: string[]];

const labels = fc.constantFrom<LabelChange>([[], []], [[], []], [["E"], []], [["F"], ["E"]]);

function mergedNode([ref, change, [add, remove]]: [NodeRef, Change, LabelChange]) {
  return mergeNode(ref, { ...withoutKey(change, ref), addLabels: add, removeLabels: remove });
}

function mergedEdge([ref, change, absentEnds]: [EdgeRef, Change, AbsentEndsName]) {
  return mergeEdge(ref, { ...withoutKey(change, ref), absentEnds });
}

function createdEdge([{ type, from, to }, { set }, absentEnds]: [EdgeRef, Change, AbsentEndsName]) {
  return createEdge(type, from!, to!, set, { absentEnds });
}

type Accumulation = readonly [name: string, how: "add" | "append", value: PropertyValue];

/** Numbers go to "n" and integers to "l", which nothing else sets; at some risk to other properties. */
function accumulation({ risk }: Mix): fc.Arbitrary<Accumulation> {
  const number = fc.constantFrom<PropertyValue>(1n, -3n, 0.1, 0.2, 1e16);
  const list = fc.constantFrom<PropertyValue>([], [1n], [2n, 1n]);
  const any = fc.constantFrom(...PROPERTIES);
  return fc.oneof(
    { weight: 100 - risk, arbitrary: number.map((given) => ["n", "add", given] as const) },
    { weight: 100 - risk, arbitrary: list.map((given) => ["l", "append", given] as const) },
    { weight: risk, arbitrary: fc.tuple(any, fc.constant("add" as const), number) },
    {
      weight: risk,
      arbitrary: fc.tuple(any, fc.constant("append" as const), value.filter(isList)),
    },
  );
}

function isList(given: PropertyValue): boolean {
  return Array.isArray(given);
}

function accumulated([ref, [name, how, given], absentEnds]: [
  NodeRef | EdgeRef,
  Accumulation,
  AbsentEndsName,
]) {
  const free = name in ref.key ? "z" : name;
  return accumulate(ref, { [how]: { [free]: given }, absentEnds });
}
