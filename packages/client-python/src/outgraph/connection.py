"""How to reach the service: address, TLS, token."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import grpc
import grpc.aio

from outgraph.limits import REQUEST_BYTES_MAX
from outgraph.trace_context import active_trace_parent


@dataclass(frozen=True, kw_only=True)
class Tls:
    """How to trust the service, and how to be known to it. All in PEM."""

    ca_certificates: bytes | None = None
    """Who signed the service's certificate; default the roots that gRPC brings."""
    certificate: bytes | None = None
    """The client's own certificate chain, for mutual TLS."""
    private_key: bytes | None = None
    """The key of ``certificate``."""


Token = str | Callable[[], str]
"""A bearer token, or what gives the one to use now; asked at every attempt."""

AioToken = str | Callable[[], str | Awaitable[str]]
"""As ``Token``; a coroutine function will do too."""


@dataclass(frozen=True)
class Address:
    """Where the service listens, taken apart."""

    target: str
    secure: bool


def address_of(url: str) -> Address:
    """Takes ``http://host:port`` or ``https://host:port`` apart.

    :raises ValueError: for any other form.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"url must be http://host:port or https://host:port, not {url!r}")
    secure = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Address(f"dns:///{host}:{parts.port or (443 if secure else 80)}", secure)


def metadata_of(token: Token | None) -> tuple[tuple[str, str], ...]:
    """What goes with every call."""
    if token is None:
        return ()
    return (("authorization", f"Bearer {token if isinstance(token, str) else token()}"),)


async def aio_metadata_of(token: AioToken | None) -> tuple[tuple[str, str], ...]:
    """What goes with every call."""
    if token is None or isinstance(token, str):
        return metadata_of(token)
    given = token()
    return metadata_of(await given if inspect.isawaitable(given) else given)


def traced() -> tuple[tuple[str, str], ...]:
    """What goes with a call that is one caller's alone."""
    trace_parent = active_trace_parent()
    return () if trace_parent is None else (("traceparent", trace_parent),)


def channel_to(url: str, tls: Tls | None) -> grpc.Channel:
    """Opens nothing yet: the first call does."""
    address = address_of(url)
    if address.secure:
        return grpc.secure_channel(address.target, _credentials(tls or Tls()), OPTIONS)
    _refuse_unused(tls)
    return grpc.insecure_channel(address.target, OPTIONS)


def aio_channel_to(url: str, tls: Tls | None) -> grpc.aio.Channel:
    """Opens nothing yet: the first call does."""
    address = address_of(url)
    if address.secure:
        return grpc.aio.secure_channel(address.target, _credentials(tls or Tls()), OPTIONS)
    _refuse_unused(tls)
    return grpc.aio.insecure_channel(address.target, OPTIONS)


OPTIONS: list[tuple[str, Any]] = [
    # An answer carries what a request brought, and a little more. Requests are the service's to
    # refuse, so that every language gets the same error.
    ("grpc.max_receive_message_length", 2 * REQUEST_BYTES_MAX),
    ("grpc.max_send_message_length", -1),
    # Pings find a connection that died without a word, within half a minute.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # gRPC's own limit of 120 s would keep a service that is back looking as if it were away.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    # Channels to one address share connections, also across clients; closing one must not be felt
    # by another.
    ("grpc.use_local_subchannel_pool", 1),
]


def _credentials(tls: Tls) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(tls.ca_certificates, tls.private_key, tls.certificate)


def _refuse_unused(tls: Tls | None) -> None:
    if tls is not None:
        raise ValueError("tls is given, but the url says http: use https")
