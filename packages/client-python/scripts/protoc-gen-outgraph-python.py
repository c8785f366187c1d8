#!/usr/bin/env python3
"""A plugin of buf's: protoc's own Python code and type stubs, with one change to the descriptors.

The rules of the contract stay in them, where protovalidate finds them, but the import of
buf/validate/validate.proto is taken out: no package on PyPI carries its code for Google's protobuf
any more, and a copy of ours would clash with a user's own in protobuf's one pool of descriptors.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

# Carries protoc 31.1. Newer ones make code that protobuf 6 refuses to load.
PROTOC = "grpcio-tools==1.76.0"

RULES = "buf/validate/validate.proto"

PACKAGE = '"""Generated from the contract in proto/."""\n'


def generate(raw: bytes) -> bytes:
    from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from grpc_tools import protoc

    request = CodeGeneratorRequest.FromString(raw)
    for file in request.proto_file:
        if file.name in request.file_to_generate and RULES in file.dependency:
            file.dependency.remove(RULES)
    response = CodeGeneratorResponse(
        supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    with tempfile.TemporaryDirectory() as folder:
        descriptors = Path(folder) / "files.binpb"
        descriptors.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        output = Path(folder) / "out"
        output.mkdir()
        options = [f"--descriptor_set_in={descriptors}", f"--python_out={output}"]
        code = protoc.main(["protoc", *options, f"--pyi_out={output}", *request.file_to_generate])
        if code != 0:
            raise SystemExit(f"protoc exited with {code}")
        for path in sorted(output.rglob("*")):
            name = path.relative_to(output).as_posix()
            if path.is_file():
                response.file.add(name=name, content=path.read_text(encoding="utf8"))
            elif name != "outgraph":  # that package is written by people
                response.file.add(name=f"{name}/__init__.py", content=PACKAGE)
    return response.SerializeToString()


if __name__ == "__main__":
    packages = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("python-packages.py")), PROTOC],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()
    sys.path.insert(0, packages)
    sys.stdout.buffer.write(generate(sys.stdin.buffer.read()))
