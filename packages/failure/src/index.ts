export * from "./classify-mongo.ts";
export * from "./classify-neo4j.ts";
export * from "./failure.ts";
