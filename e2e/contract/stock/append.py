"""Plain grpcio, with code made of proto/ by grpcio-tools: what a user has who has no client.

    append.py <host:port> <entry id>

Prints an outcome a line.
"""

import sys
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2

from outgraph.append.v1 import outbox_service_pb2 as pb
from outgraph.append.v1 import outbox_service_pb2_grpc as service
from outgraph.entry.v1 import entry_pb2, state_pb2
from outgraph.graph.v1 import mutation_pb2, value_pb2


def merge(label: str) -> mutation_pb2.Mutation:
    key = {"id": value_pb2.Value(string_value=uuid.uuid4().hex)}
    node = mutation_pb2.NodeRef(label=label, key=key)
    return mutation_pb2.Mutation(merge_node=mutation_pb2.MergeNode(node=node))


def request(id: str, label: str) -> pb.AppendRequest:
    event = entry_pb2.Event(type="stock.v1.Happened", mutations=[merge(label)])
    return pb.AppendRequest(entry=entry_pb2.Entry(id=id, source="grpcio", events=[event]))


def fields(error: grpc.RpcError) -> list[str]:
    trailer = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailer["grpc-status-details-bin"])
    bad = error_details_pb2.BadRequest()
    status.details[0].Unpack(bad)
    return [violation.field for violation in bad.field_violations]


with grpc.insecure_channel(sys.argv[1]) as channel:
    stub = service.OutboxServiceStub(channel)
    good = request(sys.argv[2], "StockGrpcio")
    for _ in range(2):
        response = stub.Append(good, timeout=30)
        assert response.receipt.entry_id == good.entry.id
        print("replayed" if response.replayed else "committed")

    stored = stub.GetEntry(pb.GetEntryRequest(id=good.entry.id), timeout=30)
    assert stored.entry.events[0].mutations == good.entry.events[0].mutations
    print("read")

    waited = stub.WaitApplied(pb.WaitAppliedRequest(ids=[good.entry.id]), timeout=60)
    print(state_pb2.EntryState.Name(waited.entries[0].state))

    try:
        stub.Append(request("", "no label"), timeout=30)
    except grpc.RpcError as error:
        print(error.code().name, *fields(error))

    large = request("", "StockGrpcio")
    large.entry.events[0].mutations[0].merge_node.set["text"].string_value = "x" * 20_000_000
    try:
        stub.Append(large, timeout=30)
    except grpc.RpcError as error:
        print(error.code().name)
