import type { Match, WireRequest } from "@outgraph/stack";

/** When a process is killed. */
export type Moment = PortMoment | WireMoment;

/** At a call of one of the relay's ports: the relay is then one that kills itself there. */
export interface PortMoment {
  /** "after commit". */
  readonly port: string;
  /** Counts only once a commit failed as this. */
  readonly once?: "poison";
}

/** At a request that goes by on the wire: the program is then exactly the one that users run. */
export interface WireMoment {
  readonly wire: "mongodb" | "bolt";
  readonly match: Match;
  /**
   * `before`: the request does not reach the server. `sent`: it does, and the process is gone before
   * the answer comes. `answered`: the server has answered, and the process never reads it.
   */
  readonly when: "before" | "sent" | "answered";
}

/** The moment of a COMMIT of a Neo4j transaction that ran such a statement. */
export function boltCommit(statement: string, when: WireMoment["when"]): WireMoment {
  const match = ({ name, transaction }: WireRequest): boolean =>
    name === "COMMIT" && transaction.some((text) => text.includes(statement));
  return { wire: "bolt", match, when };
}

/** The moment of such a statement. */
export function boltRun(statement: string, when: WireMoment["when"]): WireMoment {
  const match = ({ name, subject }: WireRequest): boolean =>
    name === "RUN" && subject.includes(statement);
  return { wire: "bolt", match, when };
}

/** The moment of a command to a collection: "insert outbox". */
export function mongoCommand(command: string, when: WireMoment["when"]): WireMoment {
  const match = ({ name, subject }: WireRequest): boolean => `${name} ${subject}` === command;
  return { wire: "mongodb", match, when };
}

/** The moment of the first such command of a transaction. */
export function mongoFirst(commands: readonly string[], when: WireMoment["when"]): WireMoment {
  const match = ({ transaction }: WireRequest): boolean =>
    commands.includes(transaction.at(-1) ?? "") &&
    !transaction.slice(0, -1).some((each) => commands.includes(each));
  return { wire: "mongodb", match, when };
}

/** The moment of the commit of a MongoDB transaction with such a command in it. */
export function mongoCommit(command: string, when: WireMoment["when"]): WireMoment {
  const match = ({ name, transaction }: WireRequest): boolean =>
    name === "commitTransaction" && transaction.includes(command);
  return { wire: "mongodb", match, when };
}

/** The moment of the commit of a MongoDB transaction that inserts several entries. */
export function groupCommit(when: WireMoment["when"]): WireMoment {
  // A transaction is told apart by what it did so far, which is one array until it does more.
  const groups = new WeakSet<readonly string[]>();
  const match = ({ name, subject, transaction, bytes }: WireRequest): boolean => {
    if (name === "insert" && subject === "outbox" && documentsIn(bytes) > 1)
      groups.add(transaction);
    return name === "commitTransaction" && groups.has(transaction);
  };
  return { wire: "mongodb", match, when };
}

/** How many documents follow the body of an OP_MSG. */
export function documentsIn(message: Buffer): number {
  let count = 0;
  let at = 20; // header and flags
  const end = (message.readUInt32LE(16) & 1) === 1 ? message.length - 4 : message.length;
  while (at < end) {
    const kind = message[at];
    at += 1;
    const size = message.readInt32LE(at);
    if (kind === 1) {
      let document = message.indexOf(0, at + 4) + 1; // after the name of the sequence
      for (; document < at + size; document += message.readInt32LE(document)) count += 1;
    }
    at += size;
  }
  return count;
}
