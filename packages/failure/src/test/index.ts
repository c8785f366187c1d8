// What proofs elsewhere go through, code by code.
export { MONGO_CODES, type MongoCode } from "../mongo-codes.ts";
export { NEO4J_CODES, NEO4J_GROUPS, NEO4J_MESSAGES } from "../neo4j-codes.ts";
export { STATUS_CODES } from "./neo4j-status-codes.ts";
