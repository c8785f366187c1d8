import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { newEntryId } from "@outgraph/events";
import { go } from "./languages.ts";
import { runProgram } from "./run-program.ts";

const root = join(import.meta.dirname, "../../..");
const stock = join(import.meta.dirname, "../stock");

/** What makes Python code of a contract, as its users install it. */
const GRPCIO_TOOLS = "grpcio-tools==1.76.0";
const GRPCURL = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4";

/**
 * Appends with plain `grpcio`, whose code is made of proto/ here, and waits for its entry.
 *
 * @returns the outcomes, in the words of the contract.
 * @throws Error with the output when it fails.
 */
export async function appendByGrpcio(url: string, folder: string): Promise<string[]> {
  const python = async (args: readonly string[], path?: string): Promise<string> =>
    await runProgram("python3", ["-B", ...args], {
      cwd: root,
      ...(path !== undefined && { env: { PYTHONPATH: path } }),
    });
  const installed = await python([
    "packages/client-python/scripts/python-packages.py",
    GRPCIO_TOOLS,
  ]);
  const packages = installed.trim().split("\n").at(-1) ?? "";
  const generated = join(folder, "stock-python");
  await mkdir(generated, { recursive: true });
  const out = [`--python_out=${generated}`, `--grpc_python_out=${generated}`];
  const files = (await readdir(join(root, "proto"), { recursive: true })).filter((file) =>
    file.endsWith(".proto"),
  );
  await python(["-m", "grpc_tools.protoc", "-Iproto", ...out, ...files], packages);
  const path = `${generated}:${packages}`;
  const output = await python([join(stock, "append.py"), new URL(url).host, newEntryId()], path);
  return output.trim().split("\n");
}

/** What `grpcurl` was told. */
export interface Grpcurled {
  /** Of the entry that it appended. */
  readonly id: string;
  /** The services that the server's reflection lists. */
  readonly services: string[];
  readonly appended: unknown;
  readonly read: unknown;
  readonly health: unknown;
}

/** Installs `grpcurl` where Outgraph keeps what it downloads, when it is not there. @returns its path. */
export async function installGrpcurl(): Promise<string> {
  const cache =
    process.env["OUTGRAPH_CACHE"] ??
    join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "outgraph");
  const program = join(cache, `${GRPCURL.split("/").at(-1)}`, "grpcurl");
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, ".grpcurl-"));
  await go(["install", GRPCURL], draft, { GOBIN: draft, GOFLAGS: "" });
  await mkdir(join(program, ".."), { recursive: true });
  await rename(join(draft, "grpcurl"), program); // complete, or not there
  await rm(draft, { recursive: true });
  return program;
}

/** Appends, reads the entry back and asks for the health with `grpcurl`, which knows no contract. */
export async function appendByGrpcurl(url: string): Promise<Grpcurled> {
  const program = await installGrpcurl();
  const host = new URL(url).host;
  const grpcurl = async (...args: string[]): Promise<string> =>
    await runProgram(program, ["-plaintext", ...args], { cwd: root });
  const call = async (method: string, request: object): Promise<unknown> =>
    JSON.parse(await grpcurl("-d", JSON.stringify(request), host, method));
  const id = newEntryId();
  const node = { label: "StockGrpcurl", key: { id: { int64Value: "7" } } };
  const events = [{ type: "stock.v1.Happened", mutations: [{ mergeNode: { node } }] }];
  return {
    id,
    services: (await grpcurl(host, "list")).trim().split("\n"),
    appended: await call("outgraph.append.v1.OutboxService/Append", {
      entry: { id, source: "grpcurl", events },
    }),
    read: await call("outgraph.append.v1.OutboxService/GetEntry", { id }),
    health: await call("grpc.health.v1.Health/Check", {
      service: "outgraph.append.v1.OutboxService",
    }),
  };
}

/** What plain `grpcio` must get. */
const BY_GRPCIO = [
  "committed",
  "replayed",
  "read",
  "ENTRY_STATE_APPLIED",
  "INVALID_ARGUMENT entry.events[0].mutations[0].merge_node.node.label",
  "RESOURCE_EXHAUSTED",
];

/** What stock clients do not get as they must; none when all is well. */
export async function stockDifferences(
  url: string,
  folder: string,
  onProgress: (text: string) => void = () => {},
): Promise<string[]> {
  const differences: string[] = [];
  const check = (who: string, got: unknown, wanted: unknown): void => {
    if (isDeepStrictEqual(got, wanted)) return;
    differences.push(
      `${who}\n  expected ${JSON.stringify(wanted)}\n  got      ${JSON.stringify(got)}`,
    );
  };
  check("grpcio", await appendByGrpcio(url, folder), BY_GRPCIO);
  onProgress("plain grpcio: done");
  const { id, services, appended, read, health } = await appendByGrpcurl(url);
  check("grpcurl: services", services.includes("outgraph.append.v1.OutboxService"), true);
  check("grpcurl: Append", appended, { receipt: { entryId: id } });
  check("grpcurl: GetEntry", (read as { entry?: { id?: string } }).entry?.id, id);
  check("grpcurl: Health", health, { status: "SERVING" });
  onProgress("grpcurl: done");
  return differences;
}
