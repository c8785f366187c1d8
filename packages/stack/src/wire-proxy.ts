import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./ports.ts";
import { carry, Wire } from "./wire.ts";

export interface WireProxyOptions {
  /** Where to forward to: "127.0.0.1:27017". */
  readonly target: string;
}

/** A TCP connection in the middle, which tests may treat badly. It knows no protocol. */
export interface WireProxy extends AsyncDisposable {
  /**
   * "127.0.0.1:20123", to connect to instead of the target. A MongoDB driver needs
   * `directConnection=true` too: by itself it goes to the address that the replica set tells.
   */
  readonly address: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Resets every connection, and refuses new ones until `heal`. */
  cut(): void;
  /**
   * Nothing goes through in either direction, connections stay open, new ones are accepted; what was
   * sent goes on at `heal`, as after a pulled cable.
   */
  blackHole(): void;
  /** Each piece of up to 64 KiB waits `ms` milliseconds, in both directions. 0 for none. */
  delay(ms: number): void;
  /**
   * Loses the reply to one request: the request reaches the server, what the server says from then on
   * is dropped, and at its first bytes the client's connection is reset. So the request took effect,
   * and the client cannot know.
   *
   * The connection to the server stays open until `heal` or `close`, since a server may abandon what a
   * client that went away had asked for.
   *
   * @param isRequest is asked with each piece from a client, as the network brought it, which need
   *   not be one whole message: look for something short. Default: the next piece, whatever it is.
   * @returns a promise that resolves when the reply has been dropped; it rejects when `heal` or
   *   `close` comes first.
   */
  dropReplyAfter(isRequest?: (bytes: Buffer) => boolean): Promise<void>;
  /** Undoes all of the above for connections to come and those that are left. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(options: WireProxyOptions): Promise<WireProxy> {
  const [host = "", port] = options.target.split(":");
  const proxy = new TcpProxy(host, Number(port), await freePort());
  await proxy.listen();
  return proxy;
}

interface Drop {
  readonly isRequest: (bytes: Buffer) => boolean;
  readonly done: PromiseWithResolvers<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Set once this connection carried the request whose reply is to be lost. */
  drop: Drop | undefined;
}

class TcpProxy implements WireProxy {
  readonly port: number;
  readonly #target: { host: string; port: number };
  readonly #listener: Server;
  readonly #wire = new Wire();
  readonly #pairs = new Set<Pair>();
  #drop: Drop | undefined;

  constructor(host: string, targetPort: number, port: number) {
    this.port = port;
    this.#target = { host, port: targetPort };
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      void this.#join(client);
    });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  async listen(): Promise<void> {
    if (this.#listener.listening) return;
    this.#listener.listen({ host: "127.0.0.1", port: this.port });
    await once(this.#listener, "listening");
  }

  cut(): void {
    this.#listener.close();
    for (const pair of this.#pairs) reset(pair);
  }

  blackHole(): void {
    this.#wire.hold();
  }

  delay(ms: number): void {
    this.#wire.delayMs = ms;
  }

  dropReplyAfter(isRequest: (bytes: Buffer) => boolean = () => true): Promise<void> {
    const done = Promise.withResolvers<void>();
    done.promise.catch(() => {}); // who does not wait for it need not handle its end
    this.#forgetDrop();
    this.#drop = { isRequest, done };
    return done.promise;
  }

  async heal(): Promise<void> {
    this.#forgetDrop();
    for (const pair of this.#pairs) if (pair.drop) reset(pair);
    this.#wire.delayMs = 0;
    this.#wire.release();
    await this.listen();
  }

  async close(): Promise<void> {
    this.#forgetDrop();
    this.cut();
    this.#wire.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #join(client: Socket): Promise<void> {
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, server, drop: undefined };
    this.#pairs.add(pair);
    server.on("close", () => this.#pairs.delete(pair));
    // Errors are told by `carry` while it reads, and by this alone after a half-close.
    for (const socket of [client, server]) socket.on("error", () => part(pair));
    try {
      await Promise.all([
        carry(client, server, this.#wire, (piece) => this.#sent(pair, piece)),
        carry(server, client, this.#wire, () => this.#answered(pair)),
      ]);
    } catch {
      part(pair); // one end went away: the other must see that too
    }
  }

  #sent(pair: Pair, piece: Buffer): boolean {
    if (this.#drop?.isRequest(piece)) {
      pair.drop = this.#drop;
      this.#drop = undefined;
    }
    return true;
  }

  #answered(pair: Pair): boolean {
    if (pair.drop === undefined) return true;
    pair.client.resetAndDestroy();
    pair.drop.done.resolve();
    return false;
  }

  #forgetDrop(): void {
    const missed = new Error("the proxy was healed or closed before it could drop a reply");
    for (const drop of [this.#drop, ...[...this.#pairs].map((pair) => pair.drop)]) {
      drop?.done.reject(missed);
    }
    this.#drop = undefined;
  }
}

/** Ends what is left when one side is gone, but lets a server finish a request whose reply is lost. */
function part(pair: Pair): void {
  if (pair.drop) pair.client.resetAndDestroy();
  else reset(pair);
}

function reset({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}
