import type { Certificate } from "./certificate.ts";
import type { Engine, EngineKind, Progress } from "./engine.ts";
import type { Neo4jVersion } from "./neo4j-release.ts";

export interface Neo4jAuth {
  readonly username: string;
  readonly password: string;
}

export interface Neo4jOptions {
  /** Not for a URI. Default: 5.26.12. */
  readonly version?: Neo4jVersion;
  /**
   * Where configuration, data and logs are kept, also after `stop`; what lies there is taken over.
   * Default: a temp folder, removed by `stop`. Not for a URI or a container.
   */
  readonly dataDir?: string;
  /** Bolt's port on 127.0.0.1. Default: a free one. Not for a URI. */
  readonly port?: number;
  /** The JVM's heap in MiB. Default 512. Not for a URI. */
  readonly heapMb?: number;
  /**
   * Ask for this password, of at least 8 characters, from the user `neo4j`. Default: nobody is asked.
   * Data that is taken over keeps the password it has; give that one. Not for a URI.
   */
  readonly auth?: Neo4jAuth;
  /**
   * Start with half the CPU time, by leaving out the JVM's second compiler; long work is slower then.
   * For tests. Default false. Only for a process.
   */
  readonly quickStart?: boolean;
  /** Speak TLS, and nothing else. Always a process on this machine; its URI is then `bolt+ssc:`. */
  readonly tls?: Certificate;
  /** Lines of neo4j.conf, over those of this package. Not for a URI. */
  readonly config?: Readonly<Record<string, string>>;
  /** As for MongoDB. */
  readonly from?: EngineKind;
  readonly onProgress?: Progress;
}

/** A Neo4j whose default database answers queries. */
export interface Neo4jServer extends Engine {
  /** What a driver must say; undefined when the server asks nobody. */
  readonly auth: Neo4jAuth | undefined;
}
