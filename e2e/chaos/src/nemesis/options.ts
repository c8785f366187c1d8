import { Command, InvalidArgumentError, Option } from "commander";

export interface Options {
  readonly minutes: number;
  readonly seed: number;
  /** Print the plan, and do nothing. */
  readonly plan: boolean;
  /** Servers of the user's; undefined: three mongod and a Neo4j of our own. */
  readonly given: Given | undefined;
  /** Leave the scratch data, and the logs, where they are. */
  readonly keep: boolean;
}

/** Servers that are somebody's, and the places in them that are ours to use. */
export interface Given {
  readonly mongodbUri: string;
  readonly mongodbDatabase: string;
  readonly neo4jUri: string;
  readonly neo4jUser: string;
  /** "": nobody is asked. */
  readonly neo4jPassword: string;
  /** "": the user's home database. */
  readonly neo4jDatabase: string;
}

/**
 * @param argv what was typed after the command.
 * @throws never: a wrong option, and --help, end the process with what is wanted.
 */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command("chaos")
    .description(
      "Runs two relays and two append services, breaks everything around them from a seed, and says " +
        "whether Outgraph's promises held. Without URIs it starts a replica set of three and a Neo4j " +
        "of its own, and harms those too.",
    )
    .option("--minutes <n>", "how long faults strike, 0.2 to 10000", minutes, 3)
    .option("--seed <n>", "what the plan is made from; default: another one each time", seed)
    .option("--plan", "print when which fault would strike, and end", false)
    .option("--keep", "leave scratch data and logs, and say where", false)
    .option("--mongodb-uri <uri>", "a replica set of yours; it is not harmed, our connections are")
    .option("--mongodb-database <name>", "empty, or left by this command", "outgraph_chaos")
    .option("--neo4j-uri <uri>", "a Neo4j of yours; it is not harmed, our connections are")
    .option("--neo4j-user <name>", "who writes the graph", "neo4j")
    .addOption(
      new Option("--neo4j-password <word>", "that user's password; better by the environment").env(
        "OUTGRAPH_NEO4J_PASSWORD",
      ),
    )
    .option("--neo4j-database <name>", "empty, or left by this command; default: the home database")
    .addHelpText("after", HELP);
  command.parse(argv[0] === "--" ? argv.slice(1) : argv, { from: "user" }); // `pnpm chaos -- --plan`
  const typed = command.opts<Typed>();
  return {
    minutes: typed.minutes,
    seed: typed.seed ?? Math.floor(Math.random() * 2 ** 32),
    plan: typed.plan,
    keep: typed.keep,
    given: givenOf(typed, command),
  };
}

const HELP = `
With --mongodb-uri and --neo4j-uri, both, it runs against servers of yours. It writes into one scratch
database on either side, and refuses one that holds anything it did not make itself. Harmed are its own
processes and its own connections, never a server. Users and TLS stand in the URIs, as your services
have them; a host that is written as an IPv6 address is not understood.

The last line is "chaos: ok …" or "chaos: violated …", and the exit code 0 or 1.`;

interface Typed {
  readonly minutes: number;
  readonly seed?: number;
  readonly plan: boolean;
  readonly keep: boolean;
  readonly mongodbUri?: string;
  readonly mongodbDatabase: string;
  readonly neo4jUri?: string;
  readonly neo4jUser: string;
  readonly neo4jPassword?: string;
  readonly neo4jDatabase?: string;
}

function givenOf(typed: Typed, command: Command): Given | undefined {
  const { mongodbUri, neo4jUri } = typed;
  if (mongodbUri === undefined && neo4jUri === undefined) return undefined;
  if (mongodbUri === undefined || neo4jUri === undefined) {
    command.error("error: --mongodb-uri and --neo4j-uri are wanted both, or neither");
  }
  return {
    mongodbUri,
    mongodbDatabase: typed.mongodbDatabase,
    neo4jUri,
    neo4jUser: typed.neo4jUser,
    neo4jPassword: typed.neo4jPassword ?? "",
    neo4jDatabase: typed.neo4jDatabase ?? "",
  };
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0.2 && value <= 10_000) return value;
  throw new InvalidArgumentError("a number from 0.2 to 10000 is wanted.");
}

function seed(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value < 2 ** 32) return value;
  throw new InvalidArgumentError("a whole number from 0 to 4294967295 is wanted.");
}
