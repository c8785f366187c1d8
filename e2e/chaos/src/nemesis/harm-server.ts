import { connect } from "node:net";
import { type MongoMember, waitUntil } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import type { Harm } from "./harm.ts";
import type { Planned } from "./plan.ts";
import { stateOf } from "./process-state.ts";
import type { OwnServers } from "./servers.ts";

/** Harms a server of our own. */
export async function harmServer(fault: Planned, own: OwnServers): Promise<Harm> {
  switch (fault.kind) {
    case "kill":
      return fault.target === "neo4j" ? await killNeo4j(own) : await killMember(fault, own);
    case "pause":
      return fault.target === "neo4j" ? await pauseNeo4j(own) : await pauseMember(fault, own);
    case "partition":
      return await partMember(fault, own);
    case "step-down":
      return await stepDown(own);
    case "lose":
    case "slow":
    case "skew":
      throw new Error(`no ${fault.kind} for ${fault.target}`);
  }
}

async function memberFor({ target }: Planned, { mongo }: OwnServers): Promise<MongoMember> {
  const primary = await mongo.primary();
  if (target === "mongodb-primary") return primary;
  const other = mongo.members.find(({ address }) => address !== primary.address);
  if (other === undefined) throw new Error("there is no secondary");
  return other;
}

function nameOf(member: MongoMember, { mongo }: OwnServers): string {
  return `mongod-${mongo.members.indexOf(member) + 1}`;
}

async function killMember(fault: Planned, own: OwnServers): Promise<Harm> {
  const member = await memberFor(fault, own);
  const { pid } = member;
  await member.kill();
  const gone = stateOf(pid) === "gone";
  return {
    whom: nameOf(member, own),
    async undo() {
      await member.restart();
      return gone ? "ended by SIGKILL" : undefined;
    },
  };
}

async function pauseMember(fault: Planned, own: OwnServers): Promise<Harm> {
  const member = await memberFor(fault, own);
  await member.pause();
  const whom = nameOf(member, own);
  await waitUntil(() => stateOf(member.pid) === "T", {
    what: `${whom} stands still`,
    timeoutMs: 30_000,
  });
  return {
    whom,
    async undo() {
      await member.resume();
      return "stood still";
    },
  };
}

async function partMember(fault: Planned, own: OwnServers): Promise<Harm> {
  const member = await memberFor(fault, own);
  const at = own.mongo.members.indexOf(member);
  const connections = own.wires.connections(at);
  const termBefore = await termOf(own);
  own.wires.part(at, fault.how);
  return {
    whom: nameOf(member, own),
    async undo() {
      await own.wires.heal();
      await own.mongo.primary();
      const elections = (await termOf(own)) - termBefore;
      if (connections === 0) return undefined;
      return `${connections} connections ${fault.how}, ${elections} elections`;
    },
  };
}

async function stepDown(own: OwnServers): Promise<Harm> {
  const before = await termOf(own);
  const primary = await own.mongo.primary();
  await own.mongo.stepDown();
  const after = await termOf(own);
  return {
    whom: nameOf(primary, own),
    undo: async () => (after > before ? `term ${before} became ${after}` : undefined),
  };
}

/** How many elections the set has had, as its present primary tells. */
async function termOf({ mongo }: OwnServers): Promise<number> {
  const { address } = await mongo.primary();
  const client = new MongoClient(`mongodb://${address}/?directConnection=true`);
  try {
    return Number((await client.db("admin").command({ replSetGetStatus: 1 }))["term"]);
  } finally {
    await client.close();
  }
}

async function killNeo4j({ neo4j }: OwnServers): Promise<Harm> {
  await neo4j.kill();
  const answer = await boltAnswer(neo4j.uri);
  return {
    whom: "neo4j",
    async undo() {
      await neo4j.restart();
      return answer === "refused" ? "ended by SIGKILL" : undefined;
    },
  };
}

async function pauseNeo4j({ neo4j }: OwnServers): Promise<Harm> {
  await neo4j.pause();
  const answer = await boltAnswer(neo4j.uri);
  return {
    whom: "neo4j",
    async undo() {
      await neo4j.resume();
      return answer === "silent" ? "stood still" : undefined;
    },
  };
}

/** Bolt's magic number, and that version 4.4 is wanted. */
const BOLT_GREETING = Buffer.from("6060b01700000404000000000000000000000000", "hex");

/** What becomes of a greeting: a stopped server's kernel still takes the connection. */
function boltAnswer(uri: string): Promise<"answered" | "silent" | "refused"> {
  const { hostname, port } = new URL(uri);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const say = (answer: "answered" | "silent" | "refused") => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("error", () => say("refused"));
    socket.on("data", () => say("answered"));
    socket.on("connect", () => socket.write(BOLT_GREETING));
    socket.setTimeout(500, () => say("silent"));
  });
}
