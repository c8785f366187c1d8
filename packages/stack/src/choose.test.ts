import { describe, expect, test } from "vitest";
import { type Wish, waysToTry } from "./choose.ts";

const nothing: Wish = {
  from: undefined,
  forced: undefined,
  uri: undefined,
  uriVariable: "OUTGRAPH_MONGODB_URI",
  ownProcess: false,
};

describe("the ways to an engine", () => {
  test("a container engine comes before processes", () => {
    expect(waysToTry(nothing)).toEqual(["container", "process"]);
  });

  test("a URI is the only way when given, so that no other server takes its place", () => {
    expect(waysToTry({ ...nothing, uri: "mongodb://db/" })).toEqual(["uri"]);
  });

  test("OUTGRAPH_STACK leaves one way", () => {
    expect(waysToTry({ ...nothing, uri: "mongodb://db/", forced: "container" })).toEqual([
      "container",
    ]);
  });

  test("an empty OUTGRAPH_STACK is none", () => {
    expect(waysToTry({ ...nothing, forced: "" })).toEqual(["container", "process"]);
  });

  test("what the caller insists on comes before the environment", () => {
    const wish: Wish = { ...nothing, uri: "mongodb://db/", forced: "uri", from: "process" };
    expect(waysToTry(wish)).toEqual(["process"]);
  });

  test("what only a process can give is a process, even beside a URI", () => {
    expect(waysToTry({ ...nothing, uri: "mongodb://db/", ownProcess: true })).toEqual(["process"]);
  });

  test("insisting on a URI that is not given is refused, naming the variable", () => {
    expect(() => waysToTry({ ...nothing, forced: "uri" })).toThrow("OUTGRAPH_MONGODB_URI");
  });

  test("an unknown word is refused, naming the known ones", () => {
    expect(() => waysToTry({ ...nothing, forced: "docker" })).toThrow("uri, container, process");
  });
});
