"""Log-ins of a company's programs as the company itself turns them over: two live ones an environment, no more.

Two, so that a program can be given the new one before the old one ends. Revoking takes effect within a minute, the
longest that the reporting API holds the roll of credentials.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.reference.directory import service
from tipline.reference.directory.models import Esp, EspCredential
from tipline.reference.directory.service import Issued

MOST_LIVE = 2


@transaction.atomic
def issue_next(*, esp_id: int, environment: str, by: Actor, now: datetime) -> Issued:
    """This function will give a company's program a further log-in. Raises Refusal `two_live`, or as the directory."""
    _one_at_a_time(esp_id)
    live = EspCredential.objects.filter(esp_id=esp_id, environment=environment, revoked_at=None).count()
    if live >= MOST_LIVE:
        words = f"There are {live} live log-ins. End one that no program uses any more, then make the next."
        raise Refusal("two_live", words, field="environment")
    slug = Esp.objects.values_list("slug", flat=True).get(pk=esp_id)
    # A user name says whose it is and when it was made; only the secret is secret.
    username = f"{slug[:40]}-{environment}-{now:%Y%m%d-%H%M%S-%f}"
    return service.issue_credential(esp_id=esp_id, username=username, environment=environment, by=by, now=now)


@transaction.atomic
def end_own(*, esp_id: int, credential_id: int, by: Actor, now: datetime) -> None:
    """This function will end one of a company's log-ins. Raises Refusal `no_credential`, a foreign one's too."""
    if not EspCredential.objects.filter(pk=credential_id, esp_id=esp_id).exists():
        raise Refusal("no_credential", "There is no such live log-in.")
    service.revoke_credential(credential_id=credential_id, by=by, now=now)


def _one_at_a_time(esp_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"esp-credential:{esp_id}"])
