"""The read side of the Hash Sharing API v2, and votes. Each call: read what is asked, one read or act, one answer.

Submitting, updating and retracting entries have no public description that we could read, so they are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tipline.domain.errors import Refusal
from tipline.domain.hashsharing import render
from tipline.domain.hashsharing.moments import write_moment
from tipline.domain.hashsharing.paging import Asked, Place, read_asked, write_next
from tipline.domain.hashsharing.read import MOST_BYTES, read_feedback, read_type
from tipline.domain.hashsharing.values import Member, Reason, SharedEntry, SharedPrint, SharedVote, Tag, TagGroup
from tipline.interfaces.hash_sharing.answers import XML
from tipline.interfaces.hash_sharing.callers import Caller
from tipline.interfaces.hash_sharing.calls import Knock, call, read_body
from tipline.interfaces.wire.basic import read_basic
from tipline.platform import clock
from tipline.reference.hashlists import queries, service, sharing, values
from tipline.reference.partners import queries as partners
from tipline.reference.partners.values import PartnerLine

SCOPE = "HASH_SHARING"
KNOCK = Knock(XML, SCOPE, lambda request: read_basic(request.headers.get("Authorization", "")))
# SHA-256 has no name in this API: it stays inside.
TYPES = tuple(kind for kind in values.TYPES if kind != "SHA256")


def status(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will say who calls."""
    me = Member(caller.id, caller.partner.name)
    return XML.answer(render.render_status(me, username=caller.partner.username, address=caller.place.origin))


def members(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will list the members: who has entries here, and who has an agreement to share."""
    with_entries = set(sharing.list_members(caller.place.environment))
    listed = [one for one in _partners() if one.id in with_entries or (one.active and SCOPE in one.scopes)]
    return XML.answer(render.render_members(Member(one.id, one.name) for one in listed))


def _partners() -> tuple[PartnerLine, ...]:
    return partners.list_partners(on=clock.now().date())


def entries(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will give one page of what changed in a time range."""
    slug, now = caller.place.environment, clock.now()
    asked = read_asked(request.GET, now)
    until = service.settle(list_slug=slug, to=asked.until, now=now)
    window = values.Window(slug, asked.since, until, viewer=caller.id)
    after = values.Place(asked.after.at, asked.after.key) if asked.after else values.START
    found = queries.list_changes(window, after=after, size=asked.size + 1)
    rows, is_last = found[: asked.size], len(found) <= asked.size
    next_page = ""
    if not is_last:
        most = asked.most or queries.count_changes(window)
        page = Asked(asked.since, until, asked.size, asked.start, most, asked.after)
        next_page = write_next(page, len(rows), Place(rows[-1].changed_at, rows[-1].id))
    content = render.render_page(shared(rows, slug), next_page)
    if rows:  # an empty answer hands nothing over, and clients probe many empty ranges
        _note_page(caller, asked, until=write_moment(until), count=len(rows), size=len(content))
    return XML.answer(content)


@transaction.atomic
def _note_page(caller: Caller, asked: Asked, *, until: str, count: int, size: int) -> None:
    since, slug = write_moment(asked.since), caller.place.environment
    caller.note("hash.fetched", "hash_list", slug, size=size, count=count, start=asked.start, since=since, until=until)


def shared(rows: Sequence[values.EntryLine], slug: str) -> list[SharedEntry]:
    """This function will bring entries into the form of the wire, with what others said of them."""
    votes: dict[int, list[SharedVote]] = {}
    said = [one for one in queries.list_votes([row.id for row in rows if not row.is_gone]) if _is_feedback(one)]
    reasons = _reasons(slug, {one.type for one in said if one.reasons})
    for one in said:
        votes.setdefault(one.entry, []).append(_vote(one, reasons))
    return [_entry(row, votes.get(row.id, ())) for row in rows]


def _is_feedback(vote: values.VoteLine) -> bool:
    return vote.verdict in (values.AFFIRMATIVE, values.NEGATIVE) and vote.type in TYPES


def _reasons(slug: str, kinds: Iterable[str]) -> dict[str, Reason]:
    listed = [one for kind in sorted(kinds) for one in queries.list_reasons(slug, kind)]
    return {one.guid: Reason(one.guid, one.name, one.type) for one in listed}


def _vote(vote: values.VoteLine, reasons: dict[str, Reason]) -> SharedVote:
    given = tuple(reasons[guid] for guid in vote.reasons if guid in reasons)
    member = Member(vote.partner_id, vote.partner_name)
    return SharedVote(vote.type, member, vote.verdict == values.AFFIRMATIVE, vote.at, given)


def _entry(row: values.EntryLine, votes: Sequence[SharedVote]) -> SharedEntry:
    member = Member(row.member_id, row.member_name)
    if row.is_gone:
        return SharedEntry(member, row.entry_id, row.media, row.changed_at, deleted=True)
    prints = tuple(_print(row.id, one) for one in row.prints if one.type in TYPES)
    return SharedEntry(
        member, row.entry_id, row.media, row.changed_at,
        classification=row.classification, prints=prints, votes=tuple(votes),
    )  # fmt: skip


def _print(key: int, found: values.Print) -> SharedPrint:
    if found.type in values.LARGE_TYPES:
        return SharedPrint(found.type, href=f"/v2/entries/{key}/fingerprints/{found.type}")
    return SharedPrint(found.type, found.value)


@transaction.atomic
def fingerprint(caller: Caller, request: HttpRequest, key: int, kind: str) -> HttpResponse:
    """This function will give the bytes of one large fingerprint."""
    slug, kind = caller.place.environment, read_type(kind, values.LARGE_TYPES)
    row = queries.find_visible(key, caller.id)
    data = queries.load_large(key, kind) if row is not None and row.list_slug == slug else None
    if data is None:
        raise Refusal("no_such_print", "There is no such fingerprint.")
    caller.note("hash.print_fetched", "hash_entry", str(key), size=len(data), list=slug, type=kind)
    return HttpResponse(data, content_type="application/octet-stream")


def reasons(caller: Caller, request: HttpRequest, kind: str) -> HttpResponse:
    """This function will list the allowed reasons for a negative vote on a type of fingerprint."""
    listed = queries.list_reasons(caller.place.environment, read_type(kind, TYPES))
    return XML.answer(render.render_reasons(Reason(one.guid, one.name, one.type) for one in listed))


def feedback(caller: Caller, request: HttpRequest, member: int, entry_id: str, kind: str) -> HttpResponse:
    """This function will keep the caller's vote on one fingerprint of somebody's entry; the last word counts."""
    kind = read_type(kind, TYPES)
    said = read_feedback(read_body(request, MOST_BYTES))
    found = None if "\0" in entry_id else queries.find_entry(caller.place.environment, member, entry_id)
    if found is None:
        raise Refusal("no_such_entry", "There is no such entry.")
    verdict = values.AFFIRMATIVE if said.affirmative else values.NEGATIVE
    vote = values.NewVote(kind, caller.id, verdict, said.reasons)
    service.vote(entry=found.id, vote=vote, by=caller.actor, now=clock.now())
    return HttpResponse(status=204)


def categorizations(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will list the tags that an owner may put on an entry, by group."""
    listed = queries.list_categorizations(caller.place.environment)
    groups = dict.fromkeys((tag.group, tag.allow_multiple) for tag in listed)
    made = [
        TagGroup(name, many, tuple(Tag(t.guid, t.name) for t in listed if t.group == name)) for name, many in groups
    ]
    return XML.answer(render.render_categorizations(made))


def granted(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will list whom the caller lets see its entries; an empty list means everybody."""
    ids = set(queries.list_access(caller.place.environment, caller.id))
    return XML.answer(render.render_members(Member(one.id, one.name) for one in _partners() if one.id in ids))


def grant(caller: Caller, request: HttpRequest, member: int) -> HttpResponse:
    """This function will let a member see the caller's entries; the first grant hides them from all others."""
    if not any(one.id == member and one.active for one in _partners()):
        raise Refusal("no_such_member", "There is no such member.")
    service.grant_access(
        list_slug=caller.place.environment, owner=caller.id, granted=(member,), by=caller.actor, now=clock.now()
    )
    return HttpResponse(status=204)


def revoke(caller: Caller, request: HttpRequest, member: int) -> HttpResponse:
    """This function will take a grant back; with the last one the entries are open to all again."""
    service.revoke_access(
        list_slug=caller.place.environment, owner=caller.id, granted=member, by=caller.actor, now=clock.now()
    )
    return HttpResponse(status=204)


def paths(slug: str) -> list[URLPattern]:
    """This function will give the addresses of one environment, below its `/v2/`."""
    return [
        path("status", call(KNOCK, slug, GET=status)),
        path("members", call(KNOCK, slug, GET=members)),
        path("entries", call(KNOCK, slug, GET=entries)),
        path("entries/<int:key>/fingerprints/<str:kind>", call(KNOCK, slug, GET=fingerprint)),
        path("entries/<int:member>/<str:entry_id>/<str:kind>/feedback", call(KNOCK, slug, PUT=feedback)),
        path("feedback/<str:kind>/reasons", call(KNOCK, slug, GET=reasons)),
        path("categorizations", call(KNOCK, slug, GET=categorizations)),
        path("permissions/access", call(KNOCK, slug, GET=granted)),
        path("permissions/access/<int:member>", call(KNOCK, slug, POST=grant, DELETE=revoke)),
    ]
