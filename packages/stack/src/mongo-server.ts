import type { Certificate } from "./certificate.ts";
import type { Engine, EngineKind, Progress } from "./engine.ts";
import type { MongoVersion } from "./install-mongod.ts";

/** The first user, who may do everything. */
export interface MongoAuth {
  readonly username: string;
  readonly password: string;
}

export interface MongoOptions {
  /** Size of the replica set. Three are always processes on this machine. Default 1. */
  readonly members?: 1 | 3;
  /**
   * Where the data is kept, also after `stop`; what lies there is taken over, even when it was copied
   * from a server with another port. Default: a temp folder, removed by `stop`. Not for a URI or a
   * container.
   */
  readonly dataDir?: string;
  /** Port on 127.0.0.1 of the first member; the others follow it. Default: free ones. */
  readonly port?: number;
  /** Allow `configureFailPoint` and its like. A server given by URI has its own setting. Default false. */
  readonly testCommands?: boolean;
  /** Further server parameters, as for `mongod --setParameter`. Not for a URI. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Ask everybody who they are, and make this user of the database `admin`. Always a process on this
   * machine, with new data, and one member. `stepDown` is not for such a set.
   */
  readonly auth?: MongoAuth;
  /** Speak TLS to who wants it. Always processes on this machine. */
  readonly tls?: Certificate;
  /** Not for a URI. Default, and the only one yet: 6.0.5. */
  readonly version?: MongoVersion;
  /**
   * Insist on one way. Default: `OUTGRAPH_STACK`, else a URI when given, else a container engine that
   * answers, else processes.
   */
  readonly from?: EngineKind;
  readonly onProgress?: Progress;
}

/** A MongoDB replica set that has a writable primary. */
export interface MongoServer extends Engine {
  /** One a process; none for a URI and a container. */
  readonly members: readonly MongoMember[];
  /** The member that is primary now. @throws NotOurs where there are no members. */
  primary(): Promise<MongoMember>;
  /**
   * Makes the primary step down; resolves when there is a writable primary again: another member in a
   * set of three, the same one after a second in a set of one. @throws NotOurs for a URI.
   */
  stepDown(): Promise<void>;
}

/** One mongod of a replica set. */
export interface MongoMember {
  /** "127.0.0.1:20123", as it stands in the replica set's configuration. */
  readonly address: string;
  readonly pid: number;
  readonly dataDir: string;
  logTail(): string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
  /** Resolves when it is primary or secondary again. */
  restart(): Promise<void>;
}
