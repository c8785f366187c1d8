import { expect, test } from "vitest";
import type { CheckedWrite, WriteOperation } from "../../checked-write.ts";
import { commandsOf } from "./commands.ts";

const write = (text: string): CheckedWrite => {
  const [collection = "", kind = ""] = text.split(" ");
  const operation = { kind } as WriteOperation;
  return {
    field: "-",
    database: "app",
    collection,
    expectedMatches: undefined,
    bytes: 0,
    operation,
  };
};
const commands = (texts: string[], alone: string[] = []): string[] =>
  commandsOf(texts.map(write), (collection) => alone.includes(collection)).map(
    ({ collection, verb, places }) => `${collection} ${verb ?? "alone"} ${places.join(",")}`,
  );

test("neighbours of one kind in a collection go together, whatever other collections do between", () => {
  expect(
    commands([
      "files insertOne",
      "symbols insertOne",
      "files insertOne",
      "symbols updateOne",
      "symbols replaceOne",
      "files insertOne",
    ]),
  ).toEqual(["app.files insert 0,2,5", "app.symbols insert 1", "app.symbols update 3,4"]);
});

test("in a collection no write goes before one that came before it", () => {
  expect(
    commands(["files insertOne", "files deleteOne", "files insertOne", "files deleteOne"]),
  ).toEqual([
    "app.files insert 0",
    "app.files delete 1",
    "app.files insert 2",
    "app.files delete 3",
  ]);
});

test("writes of many documents go alone, and nothing goes past them", () => {
  expect(
    commands(["files updateOne", "files updateMany", "files updateOne", "files deleteMany"]),
  ).toEqual(["app.files update 0", "app.files alone 1", "app.files update 2", "app.files alone 3"]);
});

test("updates of a collection whose sums left a doubt go alone, its inserts do not", () => {
  const texts = ["files updateOne", "files deleteOne", "files insertOne", "files insertOne"];

  expect(commands(texts, ["app.files"])).toEqual([
    "app.files alone 0",
    "app.files alone 1",
    "app.files insert 2,3",
  ]);
});
