"""Made-up partners and entries for tests and benches of hash sharing, put into a running house at once."""

from __future__ import annotations

from dataclasses import dataclass

from tests.stack import Stack

_PARTNER = """
from datetime import date
from tipline.domain.actor import system
from tipline.platform import clock
from tipline.reference.hashlists import canaries
from tipline.reference.partners import queries, service
by, now = system("test"), clock.now()
found = next((one.id for one in queries.list_partners(on=now.date()) if one.name == {name!r}), 0)
number = found or service.create_partner(new=service.NewPartner(name={name!r}, kind="COMPANY"), by=by, now=now)
made = []
for scope, environment in {places!r}:
    agreement = service.NewAgreement(scope, "made-up 1", date(2026, 1, 1), requests_per_minute={limit})
    service.sign_agreement(partner_id=number, new=agreement, by=by, now=now)
    new = service.NewCredential(scope, environment, {username!r})
    issued = service.issue_credential(partner_id=number, new=new, by=by, now=now)
    made.append(issued.secret)
    if scope == "HASH_SHARING" and {canaries!r}:
        canaries.plant(list_slug=environment, partner_id=number, by=by, now=now)
answer = [number, made]
"""
_ENTRIES = """
WITH made AS (
  INSERT INTO hashlists_entry (hash_list_id, member_id, entry_id, media, classification, categorizations, state, source,
    file_id, proposed_by, proposed_at, changed_at, deleted_at, round)
  SELECT l.id, m.id, %(mark)s || n, CASE n %% 5 WHEN 0 THEN 'video' ELSE 'image' END, 'A' || (1 + n %% 2), '[]',
    CASE WHEN n <= %(gone)s THEN 'DELETED' ELSE 'ACTIVE' END, 'report', '', 'system:test', at.moment, at.moment,
    CASE WHEN n <= %(gone)s THEN at.moment END, 1
  FROM generate_series(1, %(count)s) n
  JOIN hashlists_hashlist l ON l.slug = %(list)s
  JOIN partners_partner m ON m.slug = %(member)s
  CROSS JOIN LATERAL (
    SELECT date_trunc('second', now() - interval '60 days' + n * gap * interval '1 second') AS moment
    FROM (VALUES (least(97.0, 59 * 86400.0 / %(count)s))) AS spread(gap)
  ) at
  RETURNING id, entry_id, media, state
)
INSERT INTO hashlists_entryprint (entry_id, type, value, quality)
SELECT made.id, kind, substr(md5(made.entry_id || kind) || md5(kind || made.entry_id), 1, length), 90
FROM made, (VALUES ('MD5', 32), ('SHA1', 40), ('PDQ', 64)) AS kinds(kind, length)
WHERE state = 'ACTIVE' AND (kind <> 'PDQ' OR media = 'image')
"""


@dataclass(frozen=True, slots=True)
class Login:
    """A partner's log-in: its member number, user name, and a secret for each place asked for."""

    member: int
    username: str
    secrets: tuple[str, ...]

    @property
    def secret(self) -> str:
        """The first secret."""
        return self.secrets[0]


def partner(house: Stack, name: str, *places: tuple[str, str], limit: int = 100_000, canaries: bool = False) -> Login:
    """This function will enter a made-up partner with agreements and log-ins for places (scope, environment)."""
    username = name.lower().replace(" ", "-")
    code = _PARTNER.format(name=name, places=list(places), username=username, limit=limit, canaries=canaries)
    member, secrets = house.ask(code)
    return Login(member, username, tuple(secrets))


def seed_entries(
    house: Stack, count: int, *, gone: int = 0, list_slug: str = "industry", member: str = "tipline", mark: str = "e"
) -> None:
    """This function will put entries on a list in one statement; the first `gone` of them are tombstones.

    One entry in five is a video; changes lie 97 seconds apart, from 60 days ago on; many lie closer, none to come.
    """
    import psycopg

    with psycopg.connect(house.database_url(), autocommit=True) as connection:
        asked = {"count": count, "gone": gone, "list": list_slug, "member": member, "mark": mark}
        connection.execute(_ENTRIES, asked)
        connection.execute("ANALYZE hashlists_entry, hashlists_entryprint")
