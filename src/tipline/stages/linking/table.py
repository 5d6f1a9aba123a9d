"""How much each kind of shared value ties two reports, and why: data, one line a rule. Pure.

Weights are points out of 100: how sure a value that two reports alone share means the same person, account or event.
`span` is in how many reports a value says nothing any more. `family`: what is no second witness beside each other; of
a family the strongest tie counts, families combine (`rules.together`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tipline.domain.report import IdentifierKind

_K = IdentifierKind


@dataclass(frozen=True, slots=True)
class LinkRule:
    """How much one kind of identifier ties, in how many reports it says nothing, and the words for it."""

    weight: int
    words: str
    span: int = 100_000
    family: str = "account"


RULES: dict[IdentifierKind, LinkRule] = {
    _K.FILE_SHA256: LinkRule(90, "The same file", 1_000_000, "file"),
    _K.KNOWN_FILE: LinkRule(80, "The same known picture or film", 1_000_000, "file"),
    _K.LOOK: LinkRule(75, "Looks like the same picture", 1_000_000, "file"),
    _K.DEVICE: LinkRule(90, "The same device", 2_000, "device"),
    _K.EMAIL: LinkRule(85, "The same e-mail address", family="mail"),
    _K.EMAIL_FORM: LinkRule(80, "Another writing of the same mailbox", family="mail"),
    _K.ESP_ACCOUNT: LinkRule(85, "The same account"),
    _K.PHONE: LinkRule(80, "The same phone number", family="phone"),
    _K.WALLET: LinkRule(80, "The same wallet", 10_000, "wallet"),
    _K.HANDLE: LinkRule(70, "The same handle", 2_000),
    _K.HANDLE_FORM: LinkRule(50, "Nearly the same handle", 200),
    _K.GROUP: LinkRule(40, "The same group", 500, "group"),
    _K.URL: LinkRule(50, "The same address on the web", 500, "url"),
    _K.TEXT: LinkRule(35, "The same text", 100, "text"),
    _K.IP: LinkRule(50, "The same IP address at the same time", 50, "address"),
    _K.PRIOR_REPORT: LinkRule(95, "The sender names the earlier report", family="named"),
}
# What another fact beside the value makes of a rule.
SAME_COMPANY_HANDLE = LinkRule(85, "The same handle at the same company")
OTHER_ACCOUNT = LinkRule(20, "The same handle at the same company, but another account", 100)
# A name without a number is one that others choose as well: the more reports have it the less it says, soon nothing.
PLAIN_HANDLE = LinkRule(55, "The same handle", 12)
DISTINCT_DIGITS = 2
ACCOUNT_ELSEWHERE = LinkRule(10, "The same account id, but at another company", 100)
OTHER_NUMBER = LinkRule(15, "The same handle but for a number at its end", 20)
# Kinds that speak of a file and not of a person.
FILES = frozenset({_K.FILE_SHA256, _K.KNOWN_FILE, _K.LOOK})
# An address behind which many people are: codes of `reference.places.values.Caution` and their like.
SHARED_ADDRESS = frozenset(
    {"possible_proxy", "hosting", "relay", "vpn", "mobile", "tor", "carrier_nat", "cgnat", "anycast", "shared"}
)
SHARED_ADDRESS_SHARE = 0.3
SAME_TIME = timedelta(hours=1)
# A row of a seized list says that the suspect had this contact, not who it is. The tie is shown and counts in the
# queue; it stays below what makes routing send a copy for a linked report's places (routing.LEAST_WEIGHT).
CONTACT_WEIGHT = 45
# A value in more reports than this is named as common, and is news to none of the reports that have it.
COMMON = 20
LEAST = 2
# Identifiers that an officer handed in later carry this path, and survive re-indexing.
SEIZED = "seized list"
# A free text shorter than this is a phrase that anybody may write.
LEAST_TEXT = 40
# A report's work is bounded, however common its values: so many sightings of each value, counted so far, and so many
# ties in all, the strongest first.
MOST_SIGHTINGS = 2 * COMMON
MOST_COUNTED = 2_000
MOST_TIES = 200
# Ties weaker than this are not told: they are kept out of the findings, and of every cluster.
LEAST_TOLD = 10
# A file in so many reports, or one whose company says so, is passed on by many: it ties none of them, and a few of its
# reports are told. Where the company says so or it came up not long ago it is a viral event, one incident that holds
# all its reports. What has gone from hand to hand for longer is a known file, and its reports are as many incidents.
MOST_VIRAL_TOLD = 5
VIRAL_FROM, VIRAL_FOR = 30, timedelta(days=60)
# Of a person's reports the newest are looked into; which of them are fresh.
MOST_AROUND, LATELY = 100, timedelta(days=7)


def counted_to(kind: IdentifierKind) -> int:
    """This function will tell how far the reports of a value are counted: from its span on nothing changes."""
    return min(MOST_COUNTED, RULES[kind].span) if kind in RULES else MOST_COUNTED
