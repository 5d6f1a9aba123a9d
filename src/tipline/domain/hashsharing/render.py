"""Values to XML of the Hash Sharing API v2. Pure.

Source: docs/howto/take_part_in_hash_sharing.md lists what is documented, and what the one published client demands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from tipline.domain.hashsharing.moments import write_moment
from tipline.domain.hashsharing.values import Member, Reason, SharedEntry, SharedPrint, SharedVote, TagGroup

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
CONTENT_TYPE = "application/xml; charset=utf-8"
# What XML 1.0 cannot hold at all; a name of a partner may have been pasted from anywhere.
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def _document(root: str, body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{NAMESPACE}">{body}</{root}>'.encode()


def _text(words: str) -> str:
    return escape(words.translate(_NOT_XML))


def _attribute(words: str) -> str:
    return quoteattr(words.translate(_NOT_XML))


def _member(member: Member) -> str:
    return f'<member id="{member.id}">{_text(member.name)}</member>'


def render_status(member: Member, *, username: str, address: str) -> bytes:
    """This function will write who calls."""
    who = f"<ipAddress>{_text(address)}</ipAddress><username>{_text(username)}</username>"
    return _document("status", who + _member(member))


def render_members(members: Iterable[Member]) -> bytes:
    """This function will write a list of members, and nothing beside it: the client reads every child as one."""
    return _document("members", "".join(map(_member, members)))


def render_reasons(reasons: Iterable[Reason]) -> bytes:
    """This function will write the allowed reasons for a negative vote, in the documented shape.

    The client's `feedback_reasons()` (1.2.17) looks one level too deep and fails on it; we do not bend to that.
    """
    return _document("availableFeedbackReasons", "".join(map(_reason, reasons)))


def _reason(reason: Reason) -> str:
    return (
        f'<reason guid="{reason.guid}" name={_attribute(reason.name)} type={_attribute(feedback_name(reason.type))}/>'
    )


def render_categorizations(groups: Iterable[TagGroup]) -> bytes:
    """This function will write the tags that an owner may put on an entry, by group."""
    return _document("availableCategorizations", "".join(map(_group, groups)))


def _group(group: TagGroup) -> str:
    tags = "".join(f'<categorization guid="{tag.guid}" name={_attribute(tag.name)}/>' for tag in group.tags)
    many = "true" if group.allow_multiple else "false"
    return f'<group name={_attribute(group.name)} allowMultiple="{many}">{tags}</group>'


def render_error(code: str, sentence: str) -> bytes:
    """This function will write why a call failed: a code that stays, and a sentence."""
    return _document("error", f"<code>{_text(code)}</code><message>{_text(sentence)}</message>")


def render_page(entries: Sequence[SharedEntry], next_page: str = "") -> bytes:
    """This function will write one page of entries, and where the next one is, if there is one."""
    listed = "".join(_media(name, [one for one in entries if f"{one.media}s" == name]) for name in ("images", "videos"))
    paging = f"<paging><next>{_text(next_page)}</next></paging>" if next_page else ""
    return _document("queryResult", listed + paging)


def _media(name: str, entries: Sequence[SharedEntry]) -> str:
    if not entries:
        return f'<{name} count="0"/>'
    newest = write_moment(max(one.at for one in entries))
    return f'<{name} count="{len(entries)}" maxTimestamp="{newest}">{"".join(map(_entry, entries))}</{name}>'


def _entry(entry: SharedEntry) -> str:
    head = f"{_member(entry.member)}<timestamp>{write_moment(entry.at)}</timestamp><id>{_text(entry.id)}</id>"
    if entry.deleted:
        name = f"deleted{entry.media.capitalize()}"
        return f"<{name}>{head}</{name}>"
    kind = f"<classification>{entry.classification}</classification>" if entry.classification else ""
    prints = f"<fingerprints>{''.join(map(_print, entry.prints))}</fingerprints>"
    return f"<{entry.media}>{head}{kind}{prints}{_feedback(entry.votes)}</{entry.media}>"


def _print(found: SharedPrint) -> str:
    name = found.type.lower().replace("_", "-")
    if found.href:
        return f'<{name} rel="self" href={_attribute(found.href)}/>'
    return f"<{name}>{_text(found.value)}</{name}>"


def feedback_name(kind: str) -> str:
    """This function will write a fingerprint type as feedback does: MD5 as Md5, TMK_PDQF as TmkPdqf."""
    return "".join(part.capitalize() for part in kind.split("_"))


def _feedback(votes: Sequence[SharedVote]) -> str:
    if not votes:
        return ""
    parts = []
    for kind in dict.fromkeys(vote.type for vote in votes):
        mine = [vote for vote in votes if vote.type == kind]
        parts += [_affirmative(kind, [vote for vote in mine if vote.affirmative])]
        parts += [_negative(kind, [vote for vote in mine if not vote.affirmative])]
    return f'<feedback lastUpdateTimestamp="{_newest(votes)}">{"".join(parts)}</feedback>'


def _newest(votes: Iterable[SharedVote]) -> str:
    return write_moment(max(vote.at for vote in votes))


def _members(votes: Sequence[SharedVote]) -> str:
    return f'<members timestamp="{_newest(votes)}">{"".join(_member(vote.member) for vote in votes)}</members>'


def _affirmative(kind: str, votes: Sequence[SharedVote]) -> str:
    if not votes:
        return ""
    head = f'<affirmativeFeedback type="{feedback_name(kind)}" lastUpdateTimestamp="{_newest(votes)}">'
    return f"{head}{_members(votes)}</affirmativeFeedback>"


def _negative(kind: str, votes: Sequence[SharedVote]) -> str:
    if not votes:
        return ""
    said = ""
    # Reason and members alternate: the members are those who gave the reason before them.
    for reason in dict.fromkeys(reason for vote in votes for reason in vote.reasons):
        said += _reason(reason) + _members([vote for vote in votes if reason in vote.reasons])
    head = f'<negativeFeedback type="{feedback_name(kind)}" lastUpdateTimestamp="{_newest(votes)}">'
    return f"{head}<reasons>{said}</reasons></negativeFeedback>"
