export {
  type Grants,
  mayEdgeType,
  mayLabel,
  mayRelay,
  mayWrite,
  type RelayRight,
} from "./access/grants.ts";
export { PRINCIPAL, type Principal, principalOf } from "./access/principal.ts";
export { OpenBindRefused } from "./bind.ts";
export { codeName, RPC_LOGS, RPC_METRICS, type RpcSignals } from "./calls.ts";
export { HealthService } from "./health.ts";
export type { ReadyReport } from "./ready.ts";
export { type RpcServer, type RpcServerOptions, startRpcServer } from "./server.ts";
export { CALL_TRACE, traceCalls } from "./trace-calls.ts";
