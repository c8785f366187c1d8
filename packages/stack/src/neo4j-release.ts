import type { JavaRange } from "./find-java.ts";

export type Neo4jVersion = "5.26.12" | "2026.01.3";

/** What is different from one supported Neo4j to the next. */
export interface Neo4jRelease {
  readonly mainClass: string;
  readonly java: JavaRange;
  /** Beyond those that every release needs. */
  readonly jvmArgs: readonly string[];
  /** Of its jars, in MB. */
  readonly size: number;
}

export const NEO4J_RELEASES: Readonly<Record<Neo4jVersion, Neo4jRelease>> = {
  "5.26.12": {
    mainClass: "org.neo4j.server.CommunityEntryPoint",
    java: { from: 17, to: 21 },
    jvmArgs: [],
    size: 116,
  },
  "2026.01.3": {
    mainClass: "org.neo4j.server.Neo4jCommunity",
    java: { from: 21, to: 25 },
    jvmArgs: [
      "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
      "--enable-native-access=ALL-UNNAMED",
      "--add-modules=jdk.incubator.vector",
    ],
    size: 145,
  },
};
