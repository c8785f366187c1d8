import type { DescFile, DescService } from "@bufbuild/protobuf";
import { Code, type ConnectRouter, type ServiceImpl } from "@connectrpc/connect";
import { BadRequestSchema } from "@outgraph/events";
import {
  REFLECTION_SERVICES,
  type ReflectionAnswer,
  type ReflectionRequest,
} from "./reflection-service.ts";
import { encodedWithImports, SchemaFiles } from "./schema-files.ts";

/**
 * Adds the gRPC reflection protocol, so that tools such as grpcurl know the services and their
 * messages without a schema of their own. It answers for every service of the router and for itself,
 * and ends with the server.
 */
export function addReflection(router: ConnectRouter, stopping: AbortSignal): void {
  const services = [
    ...new Set(router.handlers.map((handler) => handler.service)),
    ...REFLECTION_SERVICES,
  ];
  let files: SchemaFiles | undefined;
  const implementation = {
    async *serverReflectionInfo(requests: AsyncIterable<ReflectionRequest>) {
      // With the details that errors carry, which no service names.
      files ??= new SchemaFiles([...services.map(({ file }) => file), BadRequestSchema.file]);
      const sent = new Set<string>();
      for await (const request of until(requests, stopping)) {
        yield {
          validHost: request.host,
          originalRequest: request,
          messageResponse: answerOf(request, services, files, sent),
        };
      }
    },
  };
  for (const service of REFLECTION_SERVICES) {
    // The descriptor is made at run time, so the compiler knows none of its methods.
    router.service(service, implementation as object as Partial<ServiceImpl<DescService>>);
  }
}

/** What a request is answered. @param sent the files that this caller has, by name; it grows. */
function answerOf(
  { messageRequest: asked }: ReflectionRequest,
  services: readonly DescService[],
  files: SchemaFiles,
  sent: Set<string>,
): ReflectionAnswer {
  switch (asked.case) {
    case "listServices":
      return {
        case: "listServicesResponse",
        value: { service: services.map(({ typeName }) => ({ name: typeName })) },
      };
    case "fileByFilename":
      return fileAnswer(files.named(asked.value), `no file ${asked.value}`, sent);
    case "fileContainingSymbol":
      return fileAnswer(files.holding(asked.value), `no symbol ${asked.value}`, sent);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = asked.value;
      const file = files.extending(containingType, extensionNumber);
      return fileAnswer(file, `no extension ${extensionNumber} of ${containingType}`, sent);
    }
    case "allExtensionNumbersOfType": {
      const numbers = files.extensionNumbers(asked.value);
      if (numbers === undefined) return refusal(Code.NotFound, `no message ${asked.value}`);
      return {
        case: "allExtensionNumbersResponse",
        value: { baseTypeName: asked.value, extensionNumber: numbers },
      };
    }
    case undefined:
      return refusal(Code.InvalidArgument, "the request asks for nothing that is known here");
  }
}

function fileAnswer(
  file: DescFile | undefined,
  otherwise: string,
  sent: Set<string>,
): ReflectionAnswer {
  if (file === undefined) return refusal(Code.NotFound, otherwise);
  // The file itself is sent whenever it is asked for, what it imports once.
  sent.delete(file.proto.name);
  return {
    case: "fileDescriptorResponse",
    value: { fileDescriptorProto: encodedWithImports(file, sent) },
  };
}

function refusal(errorCode: Code, errorMessage: string): ReflectionAnswer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}

/** The messages until there are no more, or the signal is aborted. */
async function* until<T>(messages: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const all = messages[Symbol.asyncIterator]();
  const stopped = Promise.withResolvers<{ done: true; value: undefined }>();
  const stop = (): void => stopped.resolve({ done: true, value: undefined });
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (!signal.aborted) {
      const next = await Promise.race([all.next(), stopped.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
