"""Who counts as one caller."""

from __future__ import annotations

import pytest

from tipline.domain.networks import site_of, wide_of


@pytest.mark.parametrize(
    ("address", "site", "wide"),
    [
        ("192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "", ""),
        ("somebody's idea", "somebody's idea", "somebody's idea"),
    ],
)
def test_an_address_belongs_to_a_caller_and_to_the_network_around(address: str, site: str, wide: str) -> None:
    assert (site_of(address), wide_of(address)) == (site, wide)


def test_all_addresses_of_one_ipv6_line_are_one_caller() -> None:
    assert len({site_of(f"2001:db8:1:2::{number:x}") for number in range(500)}) == 1
    assert site_of("2001:db8:1:3::1") != site_of("2001:db8:1:2::1")
