"""Contacts by the registry of names (RDAP), where an operator switched the look-up on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.platform.config import settings
from tipline.programs.notices import cases, journal
from tipline.programs.notices.adapters import rdap
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Case
from tipline.programs.notices.values import NewContact

LOOK_UP = "notices.look_up"
BY = system("rdap")


def look_up(*, number: int, now: datetime) -> int:
    """This function will ask the registry about a case's host and keep the contacts it names; returns how many.

    Nothing is asked where the look-up is off. Raises OSError where the registry cannot be reached.
    """
    host = Case.objects.values_list("host", flat=True).filter(number=number).first()
    if not settings().rdap_url or host is None:
        return 0
    found = rdap.find_contacts(settings().rdap_url, host)
    with transaction.atomic():
        case = journal.lock(number)
        journal.write(case, Step("looked_up", note=f"{len(found)} found"), BY, now)
        journal.audit("notice.looked_up", case, BY, now, {"count": len(found)})
        for one in found:
            new = NewContact(one.kind, one.name, one.email, source="rdap", certainty="high")
            cases.add_contact(number=number, new=new, by=BY, now=now)
    return len(found)
