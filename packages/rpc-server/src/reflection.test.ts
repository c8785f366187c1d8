import { create, createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { OutboxService } from "@outgraph/events";
import { signals } from "@outgraph/telemetry";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RpcSignals } from "./calls.ts";
import {
  REFLECTION_SERVICES,
  type ReflectionAnswer,
  type ReflectionRequest,
} from "./reflection-service.ts";
import { type RpcServer, startRpcServer } from "./server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

let server: RpcServer;
beforeEach(async () => {
  server = await startRpcServer({
    host: "127.0.0.1",
    port: 0,
    routes: (router) => router.service(OutboxService, {}),
    ready: () => ({ ready: true }),
    metrics: { contentType: "", text: () => Promise.resolve("") },
    signals: signals<RpcSignals>(),
  });
});
afterEach(() => server.stop(0));

/** As a registry wants them. */
function importsFirst(files: FileDescriptorProto[]): FileDescriptorSet {
  const file: FileDescriptorProto[] = [];
  const add = (name: string): void => {
    const found = files.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not sent`);
    if (file.includes(found)) return;
    for (const dependency of found.dependency) add(dependency);
    file.push(found);
  };
  for (const { name } of files) add(name);
  return create(FileDescriptorSetSchema, { file });
}

interface ReflectionClient {
  serverReflectionInfo(
    requests: AsyncIterable<{ messageRequest: ReflectionRequest["messageRequest"] }>,
  ): AsyncIterable<{ originalRequest: ReflectionRequest; messageResponse: ReflectionAnswer }>;
}
const client = (service: DescService): ReflectionClient => {
  const transport = createGrpcTransport({ baseUrl: server.url });
  return createClient(service, transport) as unknown as ReflectionClient;
};

/** Asks over one stream, one after the other. */
async function ask(
  service: DescService,
  ...asked: ReflectionRequest["messageRequest"][]
): Promise<ReflectionAnswer[]> {
  const requests = (async function* () {
    for (const messageRequest of asked) yield { messageRequest };
  })();
  const answers: ReflectionAnswer[] = [];
  for await (const answer of client(service).serverReflectionInfo(requests)) {
    expect(answer.originalRequest.messageRequest).toMatchObject(asked[answers.length]!);
    answers.push(answer.messageResponse);
  }
  return answers;
}
const filesIn = (answer: ReflectionAnswer | undefined) => {
  if (answer?.case !== "fileDescriptorResponse") throw new Error(JSON.stringify(answer));
  return answer.value.fileDescriptorProto.map((bytes) =>
    fromBinary(FileDescriptorProtoSchema, bytes),
  );
};

describe.each(REFLECTION_SERVICES.map((service) => [service.typeName, service] as const))(
  "%s",
  (_, service) => {
    test("every service is listed", async () => {
      const [answer] = await ask(service, { case: "listServices", value: "*" });

      expect(answer).toMatchObject({
        case: "listServicesResponse",
        value: {
          service: [
            { name: "outgraph.append.v1.OutboxService" },
            { name: "grpc.health.v1.Health" },
            { name: "grpc.reflection.v1.ServerReflection" },
            { name: "grpc.reflection.v1alpha.ServerReflection" },
          ],
        },
      });
    });

    test.each([
      "outgraph.append.v1.OutboxService",
      "outgraph.append.v1.OutboxService.AppendMany",
      "outgraph.append.v1.AppendRequest",
      "outgraph.append.v1.AppendRequest.writes",
    ])("%s leads to its file, which is whole with what it imports", async (value) => {
      const [answer] = await ask(service, { case: "fileContainingSymbol", value });

      const files = filesIn(answer);
      expect(files[0]?.name).toBe("outgraph/append/v1/outbox_service.proto");
      const registry = createFileRegistry(importsFirst(files));
      const append = registry.getService(OutboxService.typeName)?.method["append"];
      expect(append?.input.fields.map(({ name }) => name)).toContain("entry");
    });

    test("what was sent on a stream is not sent again, but for the file that is asked for", async () => {
      const name = "outgraph/append/v1/outbox_service.proto";
      const byName = { case: "fileByFilename", value: name } as const;
      const [first, again, imported] = await ask(service, byName, byName, {
        case: "fileContainingSymbol",
        value: "outgraph.graph.v1.Mutation",
      });

      expect(filesIn(first).length).toBeGreaterThan(5);
      expect(filesIn(again).map((file) => file.name)).toEqual([name]);
      expect(filesIn(imported).map((file) => file.name)).toEqual([
        "outgraph/graph/v1/mutation.proto",
      ]);
    });

    test("the details of errors are known, too", async () => {
      const value = "google.rpc.BadRequest";
      const [answer] = await ask(service, { case: "fileContainingSymbol", value });

      expect(filesIn(answer)[0]?.name).toBe("google/rpc/error_details.proto");
    });

    test("extensions are found by message and number", async () => {
      const message = "google.protobuf.FieldOptions";
      const [numbers, file] = await ask(
        service,
        { case: "allExtensionNumbersOfType", value: message },
        {
          case: "fileContainingExtension",
          value: { containingType: message, extensionNumber: 1159 },
        },
      );

      expect(numbers).toMatchObject({
        value: { baseTypeName: message, extensionNumber: [1159, 1160] },
      });
      expect(filesIn(file)[0]?.name).toBe("buf/validate/validate.proto");
    });

    test("what is not there is NOT_FOUND, and the stream goes on", async () => {
      const answers = await ask(
        service,
        { case: "fileByFilename", value: "no.proto" },
        { case: "fileContainingSymbol", value: "no.Such" },
        {
          case: "fileContainingExtension",
          value: { containingType: "no.Such", extensionNumber: 1 },
        },
        { case: "allExtensionNumbersOfType", value: "no.Such" },
        { case: undefined },
      );

      const codes = answers.map(
        (answer) => answer.case === "errorResponse" && answer.value.errorCode,
      );
      expect(codes).toEqual([...Array(4).fill(Code.NotFound), Code.InvalidArgument]);
    });
  },
);

test("a tool that keeps its stream open does not hold up a stop", async () => {
  const never = Promise.withResolvers<never>();
  const requests = (async function* () {
    yield { messageRequest: { case: "listServices", value: "" } as const };
    yield await never.promise;
  })();
  const answers = client(REFLECTION_SERVICES[0]!)
    .serverReflectionInfo(requests)
    [Symbol.asyncIterator]();
  await answers.next();

  expect(await server.stop(60_000)).toBe(0);

  expect(await answers.next()).toMatchObject({ done: true });
});
