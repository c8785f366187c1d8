// How the documents of a codebase project to its graph, written down from the documents alone:
// nothing here is shared with what wrote them. MongoDB computes it.
import type { Document } from "mongodb";
import type { EdgeShape, NodeShape, Shape } from "./shape.ts";

const same = (names: string): Document =>
  Object.fromEntries(names.split(" ").map((name) => [name, `$${name}`]));

const joined = (parts: Document): Document => ({
  $reduce: {
    input: parts,
    initialValue: "",
    in: { $concat: ["$$value", { $cond: [{ $eq: ["$$value", ""] }, "", "/"] }, "$$this"] },
  },
});

/** One result for each step down from the repository to a file; `parent` is "" for the first. */
const steps: readonly Document[] = [
  { $set: { parts: { $split: ["$_id", "/"] } } },
  { $set: { depth: { $range: [1, { $add: [{ $size: "$parts" }, 1] }] } } },
  { $unwind: "$depth" },
  {
    $project: {
      ...{ repository: 1, depth: 1, isFile: { $eq: ["$depth", { $size: "$parts" }] } },
      name: { $arrayElemAt: ["$parts", { $subtract: ["$depth", 1] }] },
      path: joined({ $slice: ["$parts", "$depth"] }),
      parent: joined({ $slice: ["$parts", { $subtract: ["$depth", 1] }] }),
    },
  },
];

const repository: NodeShape = {
  ...{ node: "Repository", key: "name", counter: "ingests" },
  collection: "ingests", // one document for each entry, also for those of files that are gone
  pipeline: [
    { $group: { _id: "$repository", ingests: { $sum: 1 }, bytesIngested: { $sum: "$bytes" } } },
    { $project: { key: "$_id", properties: { name: "$_id", ...same("ingests bytesIngested") } } },
  ],
};

const directory: NodeShape = {
  ...{ node: "Directory", key: "path", collection: "files" },
  pipeline: [
    ...steps,
    { $match: { isFile: false } },
    { $group: { _id: same("path name depth") } },
    { $project: { key: "$_id.path", properties: "$_id" } },
  ],
};

const file: NodeShape = {
  ...{ node: "File", key: "path", counter: "ingests", collection: "files" },
  pipeline: [
    {
      $project: {
        key: "$_id",
        properties: {
          path: "$_id",
          ...same("name language test bytes lines averageLine hash modifiedAt exports externals"),
          ...same("ingests history"),
        },
      },
    },
  ],
};

const symbol: NodeShape = {
  ...{ node: "Symbol", key: "id", collection: "symbols" },
  pipeline: [
    {
      $project: {
        key: "$_id",
        labels: { $cond: ["$exported", ["Exported"], []] },
        properties: {
          id: "$_id",
          ...same("name kind line endLine exported async parameters declarations summary"),
        },
      },
    },
  ],
};

const contains = (from: NodeShape, to: NodeShape): EdgeShape => ({
  ...{ edge: "CONTAINS", from, to, collection: "files" },
  pipeline: [
    ...steps,
    { $match: { isFile: to === file, parent: from === repository ? "" : { $ne: "" } } },
    { $group: { _id: { from: from === repository ? "$repository" : "$parent", to: "$path" } } },
    { $project: { from: "$_id.from", to: "$_id.to", properties: { $literal: {} } } },
  ],
});

const defines: EdgeShape = {
  ...{ edge: "DEFINES", from: file, to: symbol, collection: "symbols" },
  pipeline: [{ $project: { from: "$file", to: "$_id", properties: { $literal: {} } } }],
};

const imports: EdgeShape = {
  ...{ edge: "IMPORTS", from: file, to: file, collection: "files" },
  pipeline: [
    { $unwind: "$imports" },
    { $set: { from: "$_id", to: "$imports.path" } },
    {
      $project: {
        from: 1,
        to: 1,
        properties: { names: "$imports.names", typeOnly: "$imports.typeOnly" },
      },
    },
  ],
};

const calls: EdgeShape = {
  ...{ edge: "CALLS", from: symbol, to: symbol, collection: "symbols" },
  pipeline: [
    { $unwind: "$calls" },
    { $set: { from: "$_id", to: "$calls.symbol" } },
    { $project: { from: 1, to: 1, properties: { count: "$calls.count", lines: "$calls.lines" } } },
  ],
};

/** Repositories, directories, files and symbols, from the collections `ingests`, `files`, `symbols`. */
export const CODEBASE: readonly Shape[] = [
  ...[repository, directory, file, symbol],
  ...[contains(repository, directory), contains(repository, file)],
  ...[contains(directory, directory), contains(directory, file)],
  ...[defines, imports, calls],
];
