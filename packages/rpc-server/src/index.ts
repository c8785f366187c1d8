export type { AccessOptions } from "./access/access.ts";
export {
  type Grants,
  mayEdgeType,
  mayLabel,
  mayRelay,
  mayWrite,
  type RelayRight,
} from "./access/grants.ts";
export type { JwtOptions } from "./access/jwt.ts";
export { hashedKey, newKey } from "./access/keys.ts";
export { PRINCIPAL, type Principal, principalOf } from "./access/principal.ts";
export { OpenBindRefused } from "./bind.ts";
export { codeName, RPC_LOGS, RPC_METRICS, type RpcSignals } from "./calls.ts";
export type { Denied } from "./gate.ts";
export { HealthService } from "./health.ts";
export { LIMITS, type Limits } from "./limits.ts";
export type { ReadyReport } from "./ready.ts";
export { type Door, type RpcServer, type RpcServerOptions, startRpcServer } from "./server.ts";
export type { TlsFiles } from "./tls.ts";
export { CALL_TRACE, traceCalls } from "./trace-calls.ts";
