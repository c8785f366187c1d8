import { hashedKey, newKey } from "../access/keys.ts";

/** What a command says, and how it ends. */
export interface CommandOutcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/**
 * `keys new NAME`: makes a key for a principal. It prints the key, once, and in a second line what
 * goes into the access file under `principals`, which holds the key's hash only.
 *
 * @returns undefined when the arguments are no `keys` command.
 */
export function keysCommand(service: string, args: readonly string[]): CommandOutcome | undefined {
  const [command, verb, name, ...rest] = args;
  if (command !== "keys") return undefined;
  if (
    verb !== "new" ||
    name === undefined ||
    !/^[^-\p{Cc}][^\p{Cc}]{0,63}$/u.test(name) ||
    rest.length > 0
  ) {
    return { out: "", err: `usage: ${service} keys new NAME\n`, code: 2 };
  }
  const key = newKey();
  const entry = { keys: [hashedKey(key)], collections: [], labels: [], edgeTypes: [] };
  return {
    out: `${key}\n${JSON.stringify(name)}: ${JSON.stringify(entry)}\n`,
    err: "The first line is the key: keep it, it is not shown again. The second goes into the access file.\n",
    code: 0,
  };
}
