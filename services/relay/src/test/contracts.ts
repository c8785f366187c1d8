// What every port promises, for proofs elsewhere. Needs vitest, so it stands beside `index.ts`.
export { type GraphUnderTest, graphContract } from "./graph-contract.ts";
export { type OutboxUnderTest, outboxContract } from "./outbox-contract.ts";
