import {
  createFileRegistry,
  type DescService,
  fromJson,
  type JsonObject,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** What a caller of the reflection protocol asks. */
export interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest:
    | { readonly case: "fileByFilename"; readonly value: string }
    | { readonly case: "fileContainingSymbol"; readonly value: string }
    | {
        readonly case: "fileContainingExtension";
        readonly value: { readonly containingType: string; readonly extensionNumber: number };
      }
    | { readonly case: "allExtensionNumbersOfType"; readonly value: string }
    | { readonly case: "listServices"; readonly value: string }
    | { readonly case: undefined };
}

/** What it is answered. */
export type ReflectionAnswer =
  | {
      readonly case: "fileDescriptorResponse";
      readonly value: { readonly fileDescriptorProto: Uint8Array[] };
    }
  | {
      readonly case: "allExtensionNumbersResponse";
      readonly value: { readonly baseTypeName: string; readonly extensionNumber: number[] };
    }
  | {
      readonly case: "listServicesResponse";
      readonly value: { readonly service: { readonly name: string }[] };
    }
  | {
      readonly case: "errorResponse";
      readonly value: { readonly errorCode: number; readonly errorMessage: string };
    };

/** `grpc.reflection.v1.ServerReflection`, and the same under the older name that many tools ask first. */
export const REFLECTION_SERVICES: readonly DescService[] = [
  reflectionService("grpc.reflection.v1"),
  reflectionService("grpc.reflection.v1alpha"),
];

// Said here instead of generated: it is small, will never change, and is not part of our contract.
function reflectionService(name: string): DescService {
  const text = { type: "TYPE_STRING" };
  const number = { type: "TYPE_INT32" };
  const many = { label: "LABEL_REPEATED" };
  const one = (message: string): JsonObject => ({
    type: "TYPE_MESSAGE",
    typeName: `.${name}.${message}`,
  });
  const first = { oneofIndex: 0 };
  const file = {
    name: `${name.replaceAll(".", "/")}/reflection.proto`,
    package: name,
    syntax: "proto3",
    messageType: [
      message("ServerReflectionRequest", "message_request", {
        host: [1, text],
        file_by_filename: [3, text, first],
        file_containing_symbol: [4, text, first],
        file_containing_extension: [5, one("ExtensionRequest"), first],
        all_extension_numbers_of_type: [6, text, first],
        list_services: [7, text, first],
      }),
      message("ExtensionRequest", undefined, {
        containing_type: [1, text],
        extension_number: [2, number],
      }),
      message("ServerReflectionResponse", "message_response", {
        valid_host: [1, text],
        original_request: [2, one("ServerReflectionRequest")],
        file_descriptor_response: [4, one("FileDescriptorResponse"), first],
        all_extension_numbers_response: [5, one("ExtensionNumberResponse"), first],
        list_services_response: [6, one("ListServiceResponse"), first],
        error_response: [7, one("ErrorResponse"), first],
      }),
      message("FileDescriptorResponse", undefined, {
        file_descriptor_proto: [1, { type: "TYPE_BYTES" }, many],
      }),
      message("ExtensionNumberResponse", undefined, {
        base_type_name: [1, text],
        extension_number: [2, number, many],
      }),
      message("ListServiceResponse", undefined, { service: [1, one("ServiceResponse"), many] }),
      message("ServiceResponse", undefined, { name: [1, text] }),
      message("ErrorResponse", undefined, { error_code: [1, number], error_message: [2, text] }),
    ],
    service: [
      {
        name: "ServerReflection",
        method: [
          {
            name: "ServerReflectionInfo",
            inputType: `.${name}.ServerReflectionRequest`,
            outputType: `.${name}.ServerReflectionResponse`,
            clientStreaming: true,
            serverStreaming: true,
          },
        ],
      },
    ],
  };
  const files = createFileRegistry(fromJson(FileDescriptorSetSchema, { file: [file] }));
  const service = files.getService(`${name}.ServerReflection`);
  if (service === undefined) throw new Error("the reflection service's descriptor is wrong");
  return service;
}

function message(
  name: string,
  oneof: string | undefined,
  fields: Record<string, [number: number, ...parts: JsonObject[]]>,
): JsonObject {
  return {
    name,
    ...(oneof !== undefined && { oneofDecl: [{ name: oneof }] }),
    field: Object.entries(fields).map(([field, [number, ...parts]]) =>
      Object.assign({ name: field, number, label: "LABEL_OPTIONAL" }, ...parts),
    ),
  };
}
