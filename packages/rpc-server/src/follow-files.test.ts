import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signals } from "@outgraph/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FileSignals, type Followed, followFiles } from "./follow-files.ts";

let folder: string;
let followed: Followed<string> | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "follow-"));
});
afterEach(async () => {
  followed?.close();
  await rm(folder, { recursive: true });
});

const text = (contents: readonly Buffer[]): string => {
  const said = contents.map(String).join("+");
  if (said.includes("bad")) throw new Error("it is bad");
  return said;
};

test("a change counts, a bad one does not and is said once, the next good one counts again", async () => {
  const told = signals<FileSignals>();
  const refusals: unknown[] = [];
  told.on("files.refused", ({ err }) => refusals.push(err));
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  await writeFile(one, "1");
  await writeFile(two, "2");

  followed = await followFiles([one, two], text, told, 5);
  expect(followed.now).toBe("1+2");

  const changed = told.next("files.read");
  await writeFile(two, "3");
  await changed;
  expect(followed.now).toBe("1+3");

  const refused = told.next("files.refused");
  await writeFile(one, "bad");
  expect(await refused).toMatchObject({ files: [one, two], err: { message: "it is bad" } });
  await threeChanges(); // time enough for the same to be said again
  expect(refusals).toHaveLength(1);
  expect(followed.now).toBe("1+3");

  const gone = told.next("files.refused");
  await rm(one);
  expect(await gone).toMatchObject({ err: { code: "ENOENT" } });
  expect(followed.now).toBe("1+3");

  const back = told.next("files.read");
  await writeFile(one, "4");
  await back;
  expect(followed.now).toBe("4+3");
  expect(refusals).toHaveLength(2);
});

/** Takes as long as it takes another file to change three times, each of which was noticed. */
async function threeChanges(): Promise<void> {
  const told = signals<FileSignals>();
  const file = join(folder, "other");
  await writeFile(file, "0");
  const other = await followFiles([file], text, told, 5);
  for (const change of ["1", "2", "3"]) {
    const read = told.next("files.read");
    await writeFile(file, change);
    await read;
  }
  other.close();
}

test("a link that leads elsewhere now is a change", async () => {
  const told = signals<FileSignals>();
  await writeFile(join(folder, "old"), "old");
  await writeFile(join(folder, "new"), "new");
  await symlink("old", join(folder, "link"));
  followed = await followFiles([join(folder, "link")], text, told, 5);

  const changed = told.next("files.read");
  await symlink("new", join(folder, "link2"));
  await rename(join(folder, "link2"), join(folder, "link"));
  await changed;

  expect(followed.now).toBe("new");
});

test("files that cannot be had or used at the start are named", async () => {
  const told = signals<FileSignals>();
  const file = join(folder, "file");

  await expect(followFiles([file], text, told)).rejects.toThrow(file);
  await writeFile(file, "bad");
  await expect(followFiles([file], text, told)).rejects.toThrow(`${file}: it is bad`);
});
