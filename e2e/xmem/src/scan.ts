import { type PythonProgram, runPython, startPython } from "./python.ts";
import type { Servers } from "./servers.ts";

export type Way = "direct" | "outgraph";

/** One run of the scanner over a revision of a tree. */
export interface ScanJob {
  readonly servers: Servers;
  readonly arm: Way;
  /** The folder of the revision. */
  readonly tree: string;
  /** The folder of the one before. */
  readonly previous: string | null;
  readonly commit: string;
  /** Where it stands still until SIGCONT: parts of the tree, in the midst of a file; 1: before edges. */
  readonly holds: readonly number[];
}

/** What a scan says of itself. */
export interface ScanStats {
  readonly processed: number;
  readonly skipped: number;
  readonly errored: number;
  readonly symbols: number;
  readonly call_edges: number;
  readonly import_edges: number;
  readonly edges_failed: number;
  /** Whether the scan counts as done. */
  readonly completed: boolean;
  readonly errors: readonly string[];
  readonly seconds: number;
  /** Statements sent to Neo4j; null where none are. */
  readonly statements: number | null;
}

export async function startScan(
  job: ScanJob,
  env: Readonly<Record<string, string>>,
): Promise<PythonProgram> {
  return await startPython("scan.main", [JSON.stringify(job)], env);
}

export async function scanStats(program: PythonProgram): Promise<ScanStats> {
  return (await program.ended())["ended"] as unknown as ScanStats;
}

/** What documents and graph are, against what the revisions mean. */
export interface Comparison {
  readonly facts: number;
  readonly missing: number;
  readonly extra: number;
  readonly files: number;
  readonly symbols: number;
  /** Files that count as indexed, and are not wholly there. */
  readonly broken: readonly string[];
  readonly examples: readonly string[];
}

/** Compares. @param revisions folders, up to the one that must be there. */
export async function compareScan(
  servers: Servers,
  revisions: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Comparison> {
  const job = JSON.stringify({ servers, revisions, broken_only: false });
  return (await runPython("scan.compare", [job], env)) as unknown as Comparison;
}

/** Files that count as indexed, and are not wholly there; also in the midst of a scan. */
export async function brokenFiles(
  servers: Servers,
  revisions: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const job = JSON.stringify({ servers, revisions, broken_only: true });
  return (await runPython("scan.compare", [job], env))["broken"] as readonly string[];
}
