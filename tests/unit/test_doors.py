"""Wrong keys are counted by who can send them: a site has as many IPv6 addresses as it likes."""

from __future__ import annotations

import pytest

from api.door.doors import site_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("no:address", "another:one", False),
        ("", "192.0.2.1", False),
    ],
)
def test_which_addresses_count_together(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) == same
