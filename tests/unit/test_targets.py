"""Where webhooks may not go: every way of writing an address that is not of the internet."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest

from api.hooks.lookups import Lookups
from api.hooks.targets import Network, Target, checked, judged, networks, public
from api.settings import SettingError, Settings, from_environment
from router.errors import Refused


def resolved(url: str, allowed: Sequence[Network]) -> Target:
    lookups = Lookups(1)
    try:
        return asyncio.run(lookups.target(url, allowed))
    finally:
        lookups.close()


PUBLIC = ("8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
NOT_PUBLIC = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",  # carrier-grade NAT
    "100.100.100.200",  # Alibaba's metadata
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # Azure's
    "169.254.169.254",  # everybody's metadata
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",  # Oracle's metadata
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",  # NAT64 of loopback
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",  # NAT64 of one's own network
    "2002:7f00:1::",  # 6to4
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo of 127.0.0.1
    "fc00::1",
    "fd00:ec2::254",  # AWS's metadata
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
)


@pytest.mark.parametrize("text", PUBLIC)
def test_addresses_of_the_internet(text: str) -> None:
    assert public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_addresses_that_are_not_of_the_internet(text: str) -> None:
    assert not public(ipaddress.ip_address(text))
    url = "https://hooks.example.com/in"
    with pytest.raises(Refused, match="not public"):
        judged(urlsplit(url), [text], ())
    with pytest.raises(Refused, match="not public"):  # one bad address of several is enough
        judged(urlsplit(url), ["8.8.8.8", text], ())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:7f00:1]",
        "LOCALHOST",
        "localhost.",
    ],
)
def test_loopback_however_it_is_written(host: str) -> None:
    with pytest.raises(Refused, match=r"not public|not found|must name"):
        resolved(f"https://{host}/in", ())


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "must begin with https"),
        ("ftp://example.com/", "must begin with https"),
        ("file:///etc/passwd", "must begin with https"),
        ("gopher://example.com/", "must begin with https"),
        ("//example.com/", "must begin with https"),
        ("https:///in", "must name a host"),
        ("https://", "must name a host"),
        ("https://user@example.com/", "no user"),
        ("https://:secret@example.com/", "no user"),
        ("https://example.com/#part", "no fragment"),
        ("https://example.com:22/", "must have port"),
        ("https://example.com:1023/", "must have port"),
        ("https://example.com:0/", "must have port"),
        ("https://example.com:65536/", "is no URL"),
        ("https://example.com:x/", "is no URL"),
        ("https://[::1/", "is no URL"),
        ("https://exa mple.com/", "without spaces"),
        ("https://example.com/\r\nX: y", "without spaces"),
        ("https://example.com\\@127.0.0.1/", "backslashes"),
        ("https://exämple.com/", "ASCII"),
        ("https://a%2e.example/", "must name a host"),
        ("https://example.com/" + "x" * 2000, "up to 2000"),
    ],
)
def test_what_is_no_url_to_call(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        checked(url, ())
    assert refused.value.pointer == "/url"


def test_ports_of_the_web_and_from_the_lowest_on() -> None:
    assert [checked(f"https://example.com:{port}/", ()).port for port in (80, 443, 1024, 65535)] == [80, 443, 1024, 65535]


def test_the_address_that_was_judged_is_the_one_to_connect_to() -> None:
    url = "https://hooks.example.com:8443/in?x=1"
    target = judged(urlsplit(url), ["2606:4700::1111", "8.8.8.8"], ())
    assert (target.host, target.port, target.address) == ("hooks.example.com", 8443, "2606:4700::1111")
    with pytest.raises(Refused, match="has no address"):
        judged(urlsplit(url), [], ())
    with pytest.raises(Refused, match="is not found"):
        resolved("https://nothing.invalid/", ())


def test_a_network_may_be_allowed_and_then_http_too() -> None:
    allowed = networks("10.0.0.0/8, fd00::/8")
    for host in ("10.1.2.3", "[fd00::1]", "[::ffff:10.1.2.3]"):
        for scheme in ("http", "https"):
            assert resolved(f"{scheme}://{host}/", allowed).address
    for url in ("https://127.0.0.1/", "https://192.168.0.1/", "https://169.254.169.254/"):
        with pytest.raises(Refused, match="not public"):
            resolved(url, allowed)
    with pytest.raises(Refused, match="https"):  # http leaves no trace of who answered; on the internet it must be https
        resolved("http://8.8.8.8/", allowed)


def test_a_network_may_be_allowed_by_what_stands_for_it_and_loopback_as_it_stands() -> None:
    for url, network in (
        ("https://[64:ff9b::a00:1]/", "64:ff9b::/96"),
        ("https://[64:ff9b::a00:1]/", "10.0.0.0/8"),
        ("https://[::1]/", "::1"),
    ):
        assert resolved(url, networks(network)).address
    with pytest.raises(Refused, match="not public"):
        resolved("https://[64:ff9b::a00:1]/", networks("::1"))


def test_the_setting() -> None:
    assert Settings().private_networks == () == networks("none")
    made = from_environment({"RESPITE_ALLOW_PRIVATE_TARGETS": "127.0.0.0/8,::1"})
    assert [str(each) for each in made.private_networks] == ["127.0.0.0/8", "::1/128"]
    for wrong in ("all", "127.0.0.1/8", "10.0.0.0/33", ","):
        with pytest.raises(SettingError, match="RESPITE_ALLOW_PRIVATE_TARGETS"):
            from_environment({"RESPITE_ALLOW_PRIVATE_TARGETS": wrong})
