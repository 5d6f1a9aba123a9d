"""How urgent is it? A rule set over features; every point has a sentence. Pure.

They order the queue; people decide. What no rule set can lower stands in `overrides`.
"""

from __future__ import annotations

from datetime import datetime

from tipline.domain.findings import Finding, ProposalMade, Scored, ScorePoint
from tipline.domain.report import ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.domain.vocabulary import Priority
from tipline.stages.triage import calibration
from tipline.stages.triage.facts import Facts
from tipline.stages.triage.features import Features, features_of
from tipline.stages.triage.overrides import Override, holding
from tipline.stages.triage.rule import Rule
from tipline.stages.triage.ruleset import SHIPPED, RuleSet, fill

__all__ = ["SHIPPED", "TOOL", "Facts", "advance_of", "decide", "score", "score_features"]

TOOL = "triage"
MOST = 100
# Kept for a child in danger now: nothing else, however much comes together, reaches the top.
MOST_BY_POINTS = MOST - 1
TO_THE_TOP = "Put before everything else: a child may be in danger right now"
NEVER_ABOVE, NEVER_BELOW = f"Points alone end at {MOST_BY_POINTS}", "A score never falls below 0"
ENOUGH = " (its points reach that by themselves)"
# Scores from here on are urgent, soon, or later.
URGENT_FROM = 80
SOON_FROM = 50
LATER_FROM = 25
_FLOORS = ((URGENT_FROM, MOST_BY_POINTS), (SOON_FROM, URGENT_FROM - 1))


def score(facts: Facts, ruleset: RuleSet = SHIPPED) -> Scored:
    """This function will score a report: 0 to 99, 100 for danger now, with the class and every reason."""
    return score_features(features_of(facts), ruleset)


def score_features(found: Features, ruleset: RuleSet = SHIPPED) -> Scored:
    """This function will score features that were read before. The points of all lines come to the score."""
    fired = [(rule, rule.points_of(found)) for rule in ruleset.rules if rule.fires(found)]
    grounds = holding(found)
    total, lift, end = _total(fired, grounds, found)
    lines = [
        (points, fill(rule.sentence, found) + rule.limit_words(found), fill(rule.tag, found)) for rule, points in fired
    ]
    # Why it is urgent whatever the points stands first: it is what a person must see.
    ordered = [*lift, *sorted(lines, key=lambda line: -line[0]), *end]
    return Scored(
        score=total,
        priority=priority_of(total),
        points=tuple(ScorePoint(points, sentence) for points, sentence, _ in ordered),
        tags=tuple(dict.fromkeys(tag for _, _, tag in ordered if tag)),
        rules_version=ruleset.version,
        overrides=tuple(one.code for one in grounds),
        chance=calibration.chance(total, ruleset.calibration),
        proposal=_proposal(found, grounds, ruleset),
    )


Line = tuple[int, str, str]


def _total(
    fired: list[tuple[Rule, int]], grounds: tuple[Override, ...], found: Features
) -> tuple[int, list[Line], list[Line]]:
    """The score; the line that says why it is higher than its points, and the one that says where points end."""
    summed = sum(points for _, points in fired)
    plain = max(0, min(MOST_BY_POINTS, summed))
    # What lowers has no say where a ground for urgency holds: neither over the class nor over the order in it.
    raised = min(MOST_BY_POINTS, sum(max(0, points) for _, points in fired))
    total, why = plain, ""
    if any(one.code == "danger_now" for one in grounds):
        total, why = MOST, TO_THE_TOP
    elif grounds:
        total = _lifted(raised, *_FLOORS[0])
        why = f"Urgent whatever the points: {', '.join(one.words for one in grounds)}"
    elif found.get("sender_urgent") and plain < URGENT_FROM:
        total = _lifted(raised, *_FLOORS[1])
        why = "Looked at soon: the sender's word alone, with nothing that bears it out yet"
    if why and total == plain:
        why += ENOUGH
    end = [(plain - summed, NEVER_BELOW if plain > summed else NEVER_ABOVE, "")] if plain != summed else []
    return total, [(total - plain, why, "")] if why else [], end


def _lifted(points: int, floor: int, most: int) -> int:
    """From the floor on, in the order of the points: more points never stand lower."""
    return max(min(points, most), floor + points * (most - floor) // MOST_BY_POINTS)


def priority_of(total: int) -> Priority:
    """This function will give the class of a score."""
    if total >= URGENT_FROM:
        return Priority.URGENT
    if total >= SOON_FROM:
        return Priority.SOON
    return Priority.LATER if total >= LATER_FROM else Priority.ORDINARY


def _proposal(found: Features, grounds: tuple[Override, ...], ruleset: RuleSet) -> ProposalMade | None:
    """What the rules would decide, for a person to follow or not; a danger is always for an agency."""
    if grounds:
        words = grounds[0].words
        return ProposalMade("REFERRAL", "child_in_danger", f"{words[0].upper()}{words[1:]}")
    for one in ruleset.proposals:
        if one.fires(found):
            return ProposalMade(one.disposition, one.reason, one.sentence)
    return None


def decide(head: ReportHead, facts: Facts, now: datetime, ruleset: RuleSet = SHIPPED) -> Advance:
    """This function will score the report and put it into the queue."""
    found = features_of(facts)
    return advance_of(found, score_features(found, ruleset), now, to_state=ReportState.SCORED)


def advance_of(found: Features, scored: Scored, now: datetime, to_state: ReportState | None = None) -> Advance:
    """This function will make of a score what the record keeps."""
    return Advance(
        to_state=to_state,
        findings=(Finding("", scored, by="system:triage", tool=f"{TOOL} rules {scored.rules_version}", at=now),),
        code="scored" if to_state else "",
        priority=scored.priority,
        score=scored.score,
        tags=scored.tags,
        own=(found, scored),
    )
