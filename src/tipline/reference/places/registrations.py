"""What the two ways of asking about a domain have in common: whether the holder is hidden, and the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tipline.reference.places.tables import country_code
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason, RegistrationAnswer

# Services that stand in for a holder: the country is theirs. "Redacted for privacy" hides a name and no country.
_HIDDEN = re.compile(r"privacy|proxy|proxies|whoisguard|withheld|protect|anonym|masked")
_REDACTED = re.compile(r"redacted(?: for)?(?: privacy)?|data protected|statutory masking enabled|not disclosed")


@dataclass(frozen=True, slots=True)
class Registration:
    """A registry's entry of a domain, as it was read. `holder` holds every name by which the holder goes."""

    name: str
    registrar: str = ""
    registered_on: str = ""
    expires_on: str = ""
    changed_on: str = ""
    holder: str = ""
    country: str = ""


def answers_of(source: str, found: Registration) -> tuple[Answer, ...]:
    """This function will give an entry as answers: who keeps the domain, and the country of its holder where told.

    A weaker witness than an ending (`weigh.FAMILY_TRUST`): many domains are an employer's, a school's, a provider's.
    """
    told = RegistrationAnswer(
        source, found.changed_on, found.name, found.registrar[:200], found.registered_on, found.expires_on
    )
    country = "" if _HIDDEN.search(_REDACTED.sub("", found.holder.casefold())) else country_code(found.country)
    kept = (told,) if found.registrar or found.registered_on else ()
    placed = (PlaceAnswer(source, "registrant", found.changed_on, country),) if country else ()
    return (*kept, *placed) or (NoAnswer(source, Reason.NOT_IN_DATA),)
