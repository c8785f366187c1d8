import { setTimeout as sleep } from "node:timers/promises";
import { createFileRegistry, type DescService, fromJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import { askReady, type ReadyReport } from "./ready.ts";
import { retryLater } from "./retry-later.ts";

const STRING = { label: "LABEL_OPTIONAL", type: "TYPE_STRING" };

/** The name of the health service. */
export const HEALTH = "grpc.health.v1.Health";

/** grpc.health.v1.Health, which load balancers, Kubernetes and grpcurl ask. */
export const HealthService: DescService = healthService();

const Serving = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;
type Serving = (typeof Serving)[keyof typeof Serving];

/** The most watchers at a time: health is open to everyone, so everyone's watching is bounded apart. */
const WATCHERS_MAX = 1_000;

/** How often a watcher is told, at most, in milliseconds. */
const WATCH_MS = 1_000;

/**
 * Answers the gRPC health protocol: for the whole server (empty name) and for each name in
 * `services`, SERVING exactly when `ready` says so. `Watch` tells a change within a second, and ends
 * with the service; beyond a thousand watchers it is RESOURCE_EXHAUSTED.
 */
export function addHealth(
  router: ConnectRouter,
  services: ReadonlySet<string>,
  ready: () => ReadyReport | Promise<ReadyReport>,
  stopping: AbortSignal,
): void {
  const status = async (service: string): Promise<Serving> => {
    if (service !== "" && !services.has(service)) return Serving.SERVICE_UNKNOWN;
    if (stopping.aborted) return Serving.NOT_SERVING;
    return (await askReady(ready)).ready ? Serving.SERVING : Serving.NOT_SERVING;
  };
  let watchers = 0;
  const implementation = {
    async check(request: { service: string }) {
      const now = await status(request.service);
      if (now === Serving.SERVICE_UNKNOWN) {
        throw new ConnectError(`no service ${request.service}`, Code.NotFound);
      }
      return { status: now };
    },
    async *watch(request: { service: string }, context: HandlerContext) {
      if (watchers >= WATCHERS_MAX) throw retryLater(`${WATCHERS_MAX} watch already`);
      watchers += 1;
      try {
        const signal = AbortSignal.any([context.signal, stopping]);
        let told: Serving | undefined;
        for (;;) {
          const now = await status(request.service);
          if (now !== told) yield { status: now };
          told = now;
          if (signal.aborted) return;
          await sleep(WATCH_MS, undefined, { signal }).catch(() => undefined);
        }
      } finally {
        watchers -= 1;
      }
    },
  };
  // The descriptor is made at run time, so the compiler knows none of its methods.
  router.service(HealthService, implementation as object as Partial<ServiceImpl<DescService>>);
}

// Said here instead of generated: it is small, will never change, and is not part of our contract.
function healthService(): DescService {
  const name = "grpc.health.v1";
  const files = createFileRegistry(
    fromJson(FileDescriptorSetSchema, {
      file: [
        {
          name: "grpc/health/v1/health.proto",
          package: name,
          syntax: "proto3",
          messageType: [
            { name: "HealthCheckRequest", field: [{ name: "service", number: 1, ...STRING }] },
            {
              name: "HealthCheckResponse",
              field: [
                {
                  name: "status",
                  number: 1,
                  label: "LABEL_OPTIONAL",
                  type: "TYPE_ENUM",
                  typeName: `.${name}.HealthCheckResponse.ServingStatus`,
                },
              ],
              enumType: [
                {
                  name: "ServingStatus",
                  value: [
                    { name: "UNKNOWN", number: 0 },
                    { name: "SERVING", number: 1 },
                    { name: "NOT_SERVING", number: 2 },
                    { name: "SERVICE_UNKNOWN", number: 3 },
                  ],
                },
              ],
            },
          ],
          service: [
            {
              name: "Health",
              method: [
                {
                  name: "Check",
                  inputType: `.${name}.HealthCheckRequest`,
                  outputType: `.${name}.HealthCheckResponse`,
                },
                {
                  name: "Watch",
                  inputType: `.${name}.HealthCheckRequest`,
                  outputType: `.${name}.HealthCheckResponse`,
                  serverStreaming: true,
                },
              ],
            },
          ],
        },
      ],
    }),
  );
  const service = files.getService(`${name}.Health`);
  if (service === undefined) throw new Error("the health service's descriptor is wrong");
  return service;
}
