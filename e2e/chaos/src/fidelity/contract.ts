import { describe, test } from "vitest";

/** What a kind of server promises: each claim shows itself on a fresh one, or throws. */
export type Contract<Server> = Readonly<Record<string, (server: Server) => Promise<void>>>;

/**
 * Tests that a server keeps a contract.
 *
 * @param within makes a fresh server, lets a claim show itself on it, and takes it away.
 */
export function keeps<Server>(
  what: string,
  contract: Contract<Server>,
  within: (claim: (server: Server) => Promise<void>) => Promise<void>,
): void {
  describe(what, () => {
    for (const [name, claim] of Object.entries(contract)) test(name, () => within(claim));
  });
}

/** Something that goes on while a claim does other things, and may fail before anybody waits for it. */
export function underWay<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {}); // whoever waits for it is told
  return promise;
}
