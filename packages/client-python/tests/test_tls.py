"""The clients over TLS."""

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
import trustme
from blocking import BlockingClient
from scripted_service import ScriptedService, scripted_service

import outgraph as og

HAPPENED = og.event("test.v1.Happened", [og.merge_node(og.node("A", {"id": 1}))])

AUTHORITY = trustme.CA()
ROOTS = AUTHORITY.cert_pem.bytes()


def pair(certificate: trustme.LeafCert) -> tuple[bytes, bytes]:
    chain = b"".join(each.bytes() for each in certificate.cert_chain_pems)
    return certificate.private_key_pem.bytes(), chain


@pytest.fixture(params=["one way", "mutual"])
def mutual(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "mutual")


@pytest.fixture
def service(mutual: bool) -> Iterator[ScriptedService]:
    key = pair(AUTHORITY.issue_cert("localhost"))
    roots = ROOTS if mutual else None
    credentials = grpc.ssl_server_credentials([key], roots, require_client_auth=mutual)
    with scripted_service(credentials) as service:
        yield service


@pytest.fixture(params=["threads", "asyncio"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    ends: list[Callable[[], None]] = []

    def make(url: str, **options: Any) -> Any:
        if request.param == "threads":
            client = og.OutgraphClient(url, source="test", timeout_seconds=2, **options)
            ends.append(client.close)
            return client
        blocking = BlockingClient(url, source="test", timeout_seconds=2, **options)
        ends.append(blocking.stop)
        return blocking

    yield make
    for end in ends:
        end()


def test_a_service_of_a_known_authority_is_trusted(
    service: ScriptedService, make: Callable[..., Any], mutual: bool
) -> None:
    key, chain = pair(AUTHORITY.issue_cert("client@example.org")) if mutual else (None, None)

    made = make(
        service.url,
        tls=og.Tls(ca_certificates=ROOTS, certificate=chain, private_key=key),
        token="secret",
    ).append(HAPPENED)

    assert made.entry_id in service.committed
    assert service.calls[0].metadata["authorization"] == "Bearer secret"


def test_a_service_of_an_unknown_authority_gets_nothing(
    service: ScriptedService, make: Callable[..., Any]
) -> None:
    other = trustme.CA().cert_pem.bytes()

    with pytest.raises(og.UnavailableError):
        make(service.url, tls=og.Tls(ca_certificates=other), token="secret").append(HAPPENED)

    assert service.calls == []


def test_certificates_for_a_connection_in_the_clear_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="https"):
        og.OutgraphClient("http://localhost:1", source="test", tls=og.Tls(ca_certificates=ROOTS))
