export { boltFailure } from "./bolt-answers.ts";
export { type Certificate, makeCertificate } from "./certificate.ts";
export { containerEngineAnswers } from "./container-engine.ts";
export { copyData, type DataCopy } from "./data-copy.ts";
export { DigestMismatch } from "./digest.ts";
export type { Engine, EngineKind, Progress } from "./engine.ts";
export { NotOurs } from "./engine.ts";
export { JavaMissing } from "./find-java.ts";
export type { MongoVersion } from "./install-mongod.ts";
export { mongoAnswer } from "./mongo-answers.ts";
export type { MongoAuth, MongoMember, MongoOptions, MongoServer } from "./mongo-server.ts";
export type { Neo4jVersion } from "./neo4j-release.ts";
export type { Neo4jAuth, Neo4jOptions, Neo4jServer } from "./neo4j-server.ts";
export { freePort } from "./ports.ts";
export {
  type ManagedProcess,
  ProcessFailed,
  type ProcessOptions,
  startProcess,
} from "./process.ts";
export type { Exit } from "./run.ts";
export { type StandaloneMongod, startStandaloneMongod } from "./standalone-mongod.ts";
export { startMongo, startNeo4j } from "./start.ts";
export { ToolMissing } from "./tool.ts";
export { TimedOut, type WaitOptions, waitUntil } from "./wait-until.ts";
export type { Act, Deed, Match } from "./wire-deed.ts";
export { startProxy, type WireProxy, type WireProxyOptions } from "./wire-proxy.ts";
export type { WireRequest } from "./wire-request.ts";
