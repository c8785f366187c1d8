// What the global set-up of packages/stack provides to `inject`. Declared again here, as a pure
// package depends on no library, not even for its tests.
declare module "vitest" {
  export interface ProvidedContext {
    mongodbUri: string;
    neo4jUri: string;
    neo4jUser: string;
    neo4jPassword: string;
  }
}

export {};
