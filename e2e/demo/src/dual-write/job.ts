/** What the program that writes twice is told. */
export interface Job {
  readonly mongodbUri: string;
  readonly database: string;
  readonly neo4jUri: string;
  readonly neo4jUser: string;
  readonly neo4jPassword: string;
  /** The folder with the revision. */
  readonly folder: string;
  readonly repository: string;
  readonly revision: number;
}

/** What it tells while it works. */
export type Told =
  /** At its start: how many files are not stored as they are now. */
  | { readonly kind: "left"; readonly files: number }
  | { readonly kind: "begun" }
  | { readonly kind: "done" }
  /** Neo4j could not be written, twice: logged, and the job goes on. */
  | { readonly kind: "gave up"; readonly path: string; readonly why: string };
