import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import type { Signals } from "@outgraph/telemetry";
import { type Access, CERTIFICATE_NAMES } from "./access/access.ts";
import type { Grants } from "./access/grants.ts";
import { PRINCIPAL } from "./access/principal.ts";
import { CALL, REFUSED } from "./call.ts";
import type { RpcSignals } from "./calls.ts";
import { HEALTH } from "./health.ts";

/** Why a principal may not make a call, such as `needs the grant relay: operate`; undefined when it may. */
export type Denied = (grants: Grants, method: DescMethod) => string | undefined;

export interface GateOptions {
  /** Knows who calls; without it nobody is asked. */
  readonly access: Access | undefined;
  readonly denied: Denied | undefined;
  readonly signals: Signals<RpcSignals>;
}

/**
 * Makes the check that every call passes when its headers are there and nothing of its message has
 * been read: who calls, and whether they may. A handler finds the principal in its context.
 *
 * The health protocol is open, as `/healthz` and `/readyz` are.
 */
export function gate(options: GateOptions): (context: HandlerContext) => Promise<void> {
  const { access, denied, signals } = options;
  return async (context) => {
    const { values, method, service } = context;
    const call = values.get(CALL);
    if (call !== undefined) call.signal = context.signal;
    const refused = values.get(REFUSED);
    if (refused !== undefined) throw refused;
    if (service.typeName === HEALTH) return;
    if (access === undefined) return call?.admit();
    try {
      const principal = await access.identify({
        header: context.requestHeader,
        certificateNames: values.get(CERTIFICATE_NAMES),
      });
      if (call !== undefined) call.principal = principal.name;
      const why = denied?.(principal.grants, method);
      if (why !== undefined) {
        throw new ConnectError(`${principal.name} ${why}`, Code.PermissionDenied);
      }
      values.set(PRINCIPAL, principal);
      call?.admit(); // last: who may not call takes nobody's place
    } catch (reason) {
      if (reason instanceof ConnectError) throw reason;
      signals.emit("rpc.broken", { method: `${service.typeName}/${method.name}`, err: reason });
      throw new ConnectError("an error inside the service; its log has it", Code.Internal);
    }
  };
}
