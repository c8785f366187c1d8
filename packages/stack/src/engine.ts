/** Where an engine came from. */
export type EngineKind = "uri" | "container" | "process";

/** Takes one line about something that takes long, without a line end. */
export type Progress = (text: string) => void;

/** A database server, and what can be done to it. */
export interface Engine extends AsyncDisposable {
  /** What a driver connects with. The same after every `restart`. */
  readonly uri: string;
  readonly kind: EngineKind;
  /** As the server itself tells it: "6.0.5". */
  readonly version: string;
  /**
   * The folder with everything the server keeps. To copy it, stop or kill the server first; a copy
   * given as `dataDir` starts with the same content. Undefined for a URI and for a container.
   */
  readonly dataDir: string | undefined;
  /** The last lines of its log; of a URI: "". */
  logTail(): string;
  /**
   * Ends the server in order and removes its data, unless the data folder was given. Does nothing to
   * a server given by URI, nor the second time.
   */
  stop(): Promise<void>;
  /** SIGKILL to the server itself; resolves when it is gone. @throws NotOurs for a URI. */
  kill(): Promise<void>;
  /** SIGSTOP: the server keeps its connections and answers nothing. @throws NotOurs for a URI. */
  pause(): Promise<void>;
  /** SIGCONT. @throws NotOurs for a URI. */
  resume(): Promise<void>;
  /**
   * Starts the server again on the same data and port, after ending it in order if it runs; resolves
   * when it takes work. @throws NotOurs for a URI.
   */
  restart(): Promise<void>;
}

/** A server given by URI may be anybody's: it is never killed, paused or restarted. */
export class NotOurs extends Error {
  override readonly name = "NotOurs";

  constructor(verb: string, uri: string) {
    const host = uri.replace(/\/\/[^@/]*@/, "//"); // without the password
    super(
      `cannot ${verb} ${host}: it was given by URI and is not ours; ` +
        'ask for an engine of your own with `from: "process"`',
    );
  }
}
