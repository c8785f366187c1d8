import { startProxy, type WireProxy } from "@outgraph/stack";

/** The wire from one process to one server, over all addresses that the server has. */
export interface Link extends AsyncDisposable {
  /** Which port of 127.0.0.1 leads to which address: for the routes of the process. */
  readonly routes: Readonly<Record<string, number>>;
  /** Connections that are open now. */
  readonly connections: number;
  /** Resets every connection, and refuses new ones until `heal`. */
  cut(): void;
  /** Carries nothing until `heal`; nothing is lost. */
  hole(): void;
  /** Each piece takes so much longer, in either direction, whatever else is done to it; 0 for none. */
  slow(ms: number): void;
  /**
   * Drops the reply to the next thing that is said, and resets that connection, again and again until
   * `heal`. Each addressee has one such loss under way at a time.
   */
  loseReplies(): void;
  /** How many replies were dropped since the link was made. */
  readonly repliesLost: number;
  /** Undoes all of it but `slow`, which is another's fault: the two may overlap. */
  heal(): Promise<void>;
}

/** One address, and the names under which a process may say it; each is "host:port". */
export interface Way {
  readonly target: string;
  readonly names: readonly string[];
}

/**
 * Makes one.
 *
 * @param isDecisive which piece of what is said to the server is one whose reply is worth losing.
 */
export async function makeLink(
  ways: readonly Way[],
  isDecisive: (piece: Buffer) => boolean,
): Promise<Link> {
  await using stack = new AsyncDisposableStack();
  const proxies: WireProxy[] = [];
  const routes: Record<string, number> = {};
  for (const { target, names } of ways) {
    const proxy = stack.use(await startProxy({ target }));
    proxies.push(proxy);
    for (const name of names) routes[name.toLowerCase()] = proxy.port;
  }
  const rest = stack.move();
  let repliesLost = 0;
  let slowMs = 0;
  const loseOn = async (proxy: WireProxy): Promise<void> => {
    for (;;) {
      await proxy.dropReplyAfter(isDecisive);
      repliesLost += 1;
    }
  };
  return {
    routes,
    get connections() {
      return proxies.reduce((sum, { connections }) => sum + connections, 0);
    },
    cut: () => proxies.forEach((proxy) => void proxy.cut()),
    hole: () => proxies.forEach((proxy) => void proxy.blackHole()),
    slow(ms) {
      slowMs = ms;
      for (const proxy of proxies) proxy.delay(ms);
    },
    loseReplies() {
      for (const proxy of proxies) loseOn(proxy).catch(() => {}); // `heal` ends it by an error
    },
    get repliesLost() {
      return repliesLost;
    },
    async heal() {
      await Promise.all(proxies.map((proxy) => proxy.heal()));
      for (const proxy of proxies) proxy.delay(slowMs);
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Whatever is said: for what cannot be read, or need not be. */
export const anything = (): boolean => true;

/** What is said to MongoDB, but for the greetings and heartbeats of a driver. */
export function saysMore(piece: Buffer): boolean {
  return !/hello|ismaster/i.test(piece.subarray(0, 1_024).toString("latin1"));
}

/** Bolt's COMMIT, as its driver frames it. */
export function isCommit(piece: Buffer): boolean {
  return piece.includes(COMMIT);
}

const COMMIT = Buffer.from([0x00, 0x02, 0xb0, 0x12, 0x00, 0x00]);
