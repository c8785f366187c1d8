import { readFile } from "node:fs/promises";
import { setUpOutbox } from "@outgraph/outbox";
import {
  type Certificate,
  type MongoServer,
  makeCertificate,
  type Neo4jServer,
  startMongo,
  startNeo4j,
} from "@outgraph/stack";
import { MongoClient } from "mongodb";

/** Servers that ask who somebody is, and speak TLS. */
export interface SecuredStack extends AsyncDisposable {
  readonly tls: Certificate;
  readonly mongo: MongoServer;
  readonly neo4j: Neo4jServer;
  /** The database of the outbox, which is set up. */
  readonly database: string;
  /** Who may do everything. */
  readonly root: MongoClient;
  /** The URI of a new user with this shipped role, and no other rights but those to its documents. */
  userOf(role: string, without?: readonly string[]): Promise<string>;
}

const ROLES = new URL("../../roles/mongodb.json", import.meta.url);
const PASSWORD = "correct horse";

interface Role {
  readonly createRole: string;
  readonly privileges: readonly {
    readonly resource: object;
    readonly actions: readonly string[];
  }[];
}

/** Starts both, with the roles that this package ships. */
export async function startSecured(): Promise<SecuredStack> {
  await using started = new AsyncDisposableStack();
  const tls = started.use(await makeCertificate());
  const [mongo, neo4j] = await Promise.all([
    startMongo({ auth: { username: "root", password: PASSWORD }, tls }),
    startNeo4j({ auth: { username: "neo4j", password: PASSWORD }, tls, quickStart: true }),
  ]);
  started.use(mongo);
  started.use(neo4j);
  const root = new MongoClient(mongo.uri);
  started.defer(() => root.close());
  const database = "shop";
  await setUpOutbox(root, database);
  await root.db(database).createCollection("things");
  const text = (await readFile(ROLES, "utf8")).replaceAll("DATABASE", database);
  const roles = JSON.parse(text) as Role[];
  let users = 0;
  const stack = started.move();
  return {
    tls,
    mongo,
    neo4j,
    database,
    root,
    async userOf(name, without = []) {
      users += 1;
      const shipped = roles.find((role) => role.createRole === name);
      if (shipped === undefined) throw new Error(`no role ${name} is shipped`);
      const privileges = shipped.privileges.map(({ resource, actions }) => ({
        resource,
        actions: actions.filter(
          (action) =>
            !without.includes(`${(resource as { collection?: string }).collection}.${action}`),
        ),
      }));
      const role = `${name}${users}`;
      const admin = root.db("admin");
      await admin.command({ ...shipped, createRole: role, privileges });
      const things = {
        resource: { db: database, collection: "things" },
        actions: ["find", "insert"],
      };
      await admin.command({ createRole: `things${users}`, privileges: [things], roles: [] });
      const given = name === "outgraphAppend" ? [role, `things${users}`] : [role];
      await admin.command({ createUser: role, pwd: PASSWORD, roles: given });
      const uri = new URL(mongo.uri);
      uri.username = role;
      uri.password = encodeURIComponent(PASSWORD);
      return uri.href;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
