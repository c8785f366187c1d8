import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.ts";

const root = join(import.meta.dirname, "../../..");
const tsc = join(root, "node_modules/.bin/tsc");

/** What a user of the client and the writer installs. */
const PACKAGES = ["events", "client", "failure", "graph-plan", "outbox", "writer"] as const;

const COMPILER_OPTIONS = {
  target: "es2024",
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false, // the packages' own declarations are what is looked at
  types: ["node"],
  outDir: "out",
};

const PROGRAM = `
import { createOutgraphClient, createRelayClient, insertOne, OutgraphError } from "@outgraph/client";
import { int, mergeNode, node } from "@outgraph/events";
import { type OutboxWriter, openWriter } from "@outgraph/writer";
import type { Db } from "mongodb";
import { orderPlaced } from "./shop/events.js";

const client = createOutgraphClient({ url: "http://127.0.0.1:1", source: "u", timeoutMs: 2_000 });
const placed = orderPlaced.of({ orderId: "o-17", customerId: "c-4" });
const merged = { type: "a.B", mutations: [mergeNode(node("A", { id: 1n }), { set: { n: int(1) } })] };
try {
  await client.append({ events: [placed, merged], writes: [insertOne("orders", { _id: "o-17" })] });
} catch (error) {
  if (!(error instanceof OutgraphError)) throw error;
  console.log("refused", error.code);
}
client.close();
createRelayClient({ url: "http://127.0.0.1:1" }).close();
export const writerOf = (db: Db): Promise<OutboxWriter> => openWriter(db, { source: "u" });
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outgraph-published-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Builds and packs the packages. @returns the archive of each. */
async function packed(): Promise<Record<string, string>> {
  const builds = ["client", "writer"].map((name) => `packages/${name}/tsconfig.build.json`);
  await run(tsc, ["-b", ...builds], { cwd: root });
  const archives: Record<string, string> = {};
  for (const name of PACKAGES) {
    const into = join(folder, name);
    await mkdir(into);
    await pnpm(["pack", "--pack-destination", into], join(root, "packages", name));
    const [archive] = await readdir(into);
    archives[`@outgraph/${name}`] = `file:${join(into, archive ?? "")}`;
  }
  return archives;
}

async function pnpm(args: readonly string[], cwd: string): Promise<string> {
  const { devEngines } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const { version } = devEngines.packageManager;
  return await run("npx", ["-y", `pnpm@${version}`, ...args], { cwd });
}

test("what is published installs, has its types, and runs, away from the sources", {
  timeout: 600_000,
}, async () => {
  const archives = await packed();
  const user = join(folder, "user");
  await mkdir(user);
  const dependencies = Object.fromEntries(
    ["events", "client", "writer"].map((name) => [
      `@outgraph/${name}`,
      archives[`@outgraph/${name}`],
    ]),
  );
  const versions = await readFile(join(root, "pnpm-workspace.yaml"), "utf8");
  dependencies["mongodb"] = /^ {2}mongodb: (\S+)$/m.exec(versions)?.[1];
  dependencies["@bufbuild/protobuf"] = /^ {2}"@bufbuild\/protobuf": (\S+)$/m.exec(versions)?.[1];
  await writeFile(
    join(user, "package.json"),
    JSON.stringify({ name: "user", private: true, type: "module", dependencies }),
  );
  // Unpublished packages that the packed ones name are the packed ones too.
  const overrides = Object.entries(archives).map(([name, at]) => `  "${name}": ${at}`);
  await writeFile(join(user, "pnpm-workspace.yaml"), `overrides:\n${overrides.join("\n")}\n`);
  await pnpm(["install", "--prefer-offline", "--ignore-scripts"], user);
  await mkdir(join(user, "node_modules/@types"), { recursive: true });
  await symlink(join(root, "node_modules/@types/node"), join(user, "node_modules/@types/node"));

  await cp(join(import.meta.dirname, "../src/gen"), join(user, "gen"), { recursive: true });
  await cp(join(import.meta.dirname, "../src/shop"), join(user, "shop"), { recursive: true });
  await writeFile(join(user, "user.ts"), PROGRAM);
  const compilerOptions = { ...COMPILER_OPTIONS, rewriteRelativeImportExtensions: true };
  await writeFile(
    join(user, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["user.ts"] }),
  );

  await run(tsc, ["-p", "."], { cwd: user });
  const output = await run(process.execPath, ["out/user.js"], { cwd: user });

  expect(output).toMatch(/^refused (UNAVAILABLE|DEADLINE_EXCEEDED)$/m);
});
