import { expect, test } from "vitest";
import { findJava, JavaMissing, javaPaths, javaVersion } from "./find-java.ts";

test("a Java tells its feature version in the old manner and the new", () => {
  expect(javaVersion('openjdk version "17.0.15" 2025-04-15')).toBe(17);
  expect(javaVersion('openjdk version "25" 2025-09-16')).toBe(25);
  expect(javaVersion('java version "1.8.0_412"')).toBe(8);
  expect(javaVersion("command not found")).toBeUndefined();
});

test("our own variable comes first, then JAVA_HOME, then the path, then what is installed", () => {
  const env = { OUTGRAPH_JAVA_HOME: "/ours", JAVA_HOME: "/theirs" };
  expect(javaPaths(env, ["jdk-25"])).toEqual([
    "/ours/bin/java",
    "/theirs/bin/java",
    "java",
    "/usr/lib/jvm/jdk-25/bin/java",
  ]);
});

test("without a Java of the right version the error says what is needed and what to do", async () => {
  const search = findJava({ from: 98, to: 99 }, "Neo4j 9999.01.0", {});
  await expect(search).rejects.toThrow(JavaMissing);
  await expect(search).rejects.toThrow(
    /Neo4j 9999\.01\.0 needs Java 98 to 99; found .*Install one/,
  );
});
