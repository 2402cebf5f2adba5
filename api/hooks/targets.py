"""Where a webhook may go: never to this service's own network, unless the operator allowed it there.

A URL is checked when it is registered and again at each delivery; what a name resolves to is looked up once and that very address is
connected to, so that a name which resolves to something else a moment later (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from router.errors import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NONE = "none"
URL_MAX = 2000
LOWEST_PORT = 1024  # below are services that were there before the web, but for its own two
WEB_PORTS = (80, 443)
HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,253}")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# public by number, but answered by the cloud that a service runs in: Azure's and Oracle's metadata
NEVER_PUBLIC = (ipaddress.ip_network("168.63.129.16/32"), ipaddress.ip_network("192.0.0.0/24"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads that may be called: its host and port, and the address to connect to."""

    host: str
    port: int
    address: str


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a setting: `none`, or networks with commas between; raises `ValueError` naming what is none."""
    return () if text == NONE else tuple(ipaddress.ip_network(each.strip()) for each in text.split(","))


def checked(url: str, allowed: Sequence[Network]) -> SplitResult:
    """The parts of a URL, without looking anything up; raises `Refused`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("/url", f"is no URL: {error}") from error
    if len(url) > URL_MAX or not url.isascii() or any(each <= " " or each == "\\" for each in url):
        raise Refused("/url", f"must be ASCII without spaces and backslashes, up to {URL_MAX} characters")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not allowed):
        raise Refused("/url", "must begin with https://")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("/url", "must have no user, no password and no fragment")
    if not parts.hostname or not HOST.fullmatch(parts.hostname):
        raise Refused("/url", "must name a host")
    if port is not None and port not in WEB_PORTS and not LOWEST_PORT <= port <= 65535:
        raise Refused("/url", f"must have port 443, 80, or one from {LOWEST_PORT} to 65535")
    return parts


def port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def host_of(parts: SplitResult) -> str:
    assert parts.hostname is not None
    return parts.hostname


def addresses_of(host: str) -> list[str]:
    """The addresses of a host, looked up now; raises `Refused` where it is not found. Blocks for as long as that takes."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused("/url", f"the host {host!r} is not found") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def judged(parts: SplitResult, addresses: Sequence[str], allowed: Sequence[Network]) -> Target:
    """The target at the first of the addresses that the host has, all of which must be allowed; raises `Refused`."""
    host = host_of(parts)
    for each in addresses:
        address = ipaddress.ip_address(each)
        granted = _granted(address, allowed)
        if not granted and not public(address):
            raise Refused("/url", f"the host {host!r} has an address that is not public; RESPITE_ALLOW_PRIVATE_TARGETS allows networks")
        if parts.scheme == "http" and not granted:
            raise Refused("/url", "must begin with https://; http is for networks that RESPITE_ALLOW_PRIVATE_TARGETS allows")
    if not addresses:
        raise Refused("/url", f"the host {host!r} has no address")
    return Target(host, port_of(parts), addresses[0])


def public(address: Address) -> bool:
    """Whether an address is one of the internet, also where it stands for another: mapped, translated or tunnelled."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return public(inner)
        if getattr(address, "scope_id", None) or address.is_site_local:
            return False
    elif any(address in each for each in NEVER_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo or NAT64. What has the old compatible form is reserved."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _granted(address: Address, allowed: Sequence[Network]) -> bool:
    inner = _inner(address) if isinstance(address, ipaddress.IPv6Address) else None
    return any(each in network for each in (address, inner) if each is not None for network in allowed if each.version == network.version)
