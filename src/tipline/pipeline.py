"""The corridor: which stage takes a report from which state, who listens to late news, what the clock starts.

The three tables are the design; `step` is the only loop body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from types import ModuleType

from django.db import transaction

from tipline import beside, upkeep
from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.domain.findings import HANDED_OVER, UNTOLD, Escalated, Finding, Judged, ReferralMade
from tipline.domain.report import ReportHead
from tipline.domain.states import AUTOMATIC, Disposition, ReportState, has_reached
from tipline.domain.statutes import LAPSE_AFTER_CHANGE, LAPSE_AFTER_OPEN
from tipline.domain.steps import Advance
from tipline.platform import clock, jobs, logs
from tipline.platform.vault.errors import StoreOutage
from tipline.programs.telling import service as telling
from tipline.programs.telling.service import Kind, News
from tipline.reference.hashlists import films
from tipline.reference.hashlists import queries as hashlists
from tipline.reference.hashlists import service as hashlists_service
from tipline.reports import files, retention
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.arrivals import WALK
from tipline.stages.enrichment import research
from tipline.stages.enrichment import service as enrichment
from tipline.stages.evidence import known_films
from tipline.stages.evidence import service as evidence
from tipline.stages.feedback import keeping
from tipline.stages.feedback import service as feedback
from tipline.stages.intake import once
from tipline.stages.intake import service as intake
from tipline.stages.linking import keeping as clusters
from tipline.stages.linking import service as linking
from tipline.stages.linking import watching
from tipline.stages.referral import service as referral
from tipline.stages.routing import service as routing
from tipline.stages.triage import keeping as triage_keeping
from tipline.stages.triage import news as triage_news
from tipline.stages.triage import queries as triage_queries
from tipline.stages.triage import service as triage

BY = system("pipeline")
LOOK_AGAIN = "tipline.pipeline.look_again"
MOST_TOLD = 20  # linked reports whose agencies are told of a hand-over; a viral event has thousands
GATHERED = timedelta(minutes=1)  # so long packages that leave out a linked report wait for more of the kind

# Which stage takes a report from which state. Intake stands before it, feedback after it; both wait for people.
STAGES: Mapping[ReportState, ModuleType] = {
    ReportState.RECEIVED: evidence,
    ReportState.SECURED: enrichment,
    ReportState.ENRICHED: linking,
    ReportState.LINKED: triage,
    ReportState.TRIAGED: routing,
    ReportState.ROUTED: referral,
}


def rescore(report_id: int, now: datetime) -> None:
    """This function will score a report again after late news."""
    triage.rescore(report_id=report_id, now=now)


def supplement(report_id: int, now: datetime) -> None:
    """This function will send agencies that already have the report what is new in it."""
    referral.supplement(report_id=report_id, now=now)


def renew(report_id: int, now: datetime) -> None:
    """This function will look up the places of new facts."""
    if has_reached(reports.load_head(report_id).state, ReportState.ENRICHED):
        enrichment.renew(report_id=report_id, now=now)


def weigh_again(report_id: int) -> None:
    """This function will weigh a report's places again after somebody noted a clue, or took one back."""
    renew(report_id, clock.now())


def relink(report_id: int, now: datetime) -> None:
    """This function will look for ties again after new identifiers."""
    if has_reached(reports.load_head(report_id).state, ReportState.LINKED):
        linking.relink(report_id=report_id, now=now)


def refer_early(report_id: int, now: datetime) -> None:
    """This function will make an early referral with what is known, beside the ordinary way."""
    head = reports.load_head(report_id)
    routed = routing.decide(head, routing.gather(head), now)
    referral.refer_early(report_id=report_id, recipients=routed.findings, now=now)


def name_to_linked(report_id: int, now: datetime) -> None:
    """This function will let agencies that have linked reports learn that they now have this one too.

    It asks what each package says and not how many versions there were: the news of two hand-overs may cross, and a
    supplement may overtake either. Each package is made again by a job of its own, once for all that is handed over
    meanwhile: a group of reports goes out together, and what is wrong with one of them holds up no other.
    """
    untold = referral.find_untold(report_id=report_id, most=MOST_TOLD)
    record.tell_listeners(dict.fromkeys(untold, (UNTOLD,)), by=BY, at=now + GATHERED)


def mark_answered(report_id: int, now: datetime) -> None:
    """This function will mark the referrals whose agencies said what came of them."""
    referral.mark_answered(report_id=report_id, now=now)


def tell_reporter(report_id: int, now: datetime) -> None:
    """This function will bring the reporter's receipt page up to date."""
    intake.project_receipt(report_id=report_id, now=now)


def look_again(report_id: int, now: datetime) -> None:
    """This function will ask the hash lists about a report's files again."""
    if has_reached(reports.load_head(report_id).state, ReportState.SECURED):
        enrichment.look_again(report_id=report_id, now=now)


def watch_clusters(report_id: int, now: datetime) -> None:
    """This function will raise an alert where a report's clusters reached another agency."""
    watching.look(report_id=report_id, now=now)


Listener = Callable[[int, datetime], None]
# What late news of a kind starts. News is a finding appended beside the way (`reports.service.append_findings`), or
# that a report was handed over.
LISTENERS: Mapping[str, tuple[Listener, ...]] = {
    "link_found": (rescore, supplement),
    "file_known": (relink, rescore, supplement),
    "best_place": (rescore, supplement),
    "facts_added": (renew, relink, rescore, supplement),
    "contacts_seized": (relink, rescore, supplement),
    "escalated": (rescore, refer_early),
    "referral_made": (triage_news.stop_clock, tell_reporter, watch_clusters),
    HANDED_OVER: (name_to_linked,),
    UNTOLD: (supplement,),
    "recipient_chosen": (supplement,),
    "outcome_recorded": (tell_reporter, mark_answered, triage_news.learn),
}


def rescue(now: datetime) -> int:
    """This function will send on every report that should be walking and has not moved for a minute."""
    stale = reports.list_stale(before=now - timedelta(minutes=1))
    return sum(jobs.defer(WALK, report_id=one, queueing_lock=f"walk:{one}") for one in stale)


def lapse(now: datetime) -> int:
    """This function will end reports that were never finished in time."""
    overdue = reports.list_unfinished(opened_before=now - LAPSE_AFTER_OPEN, changed_before=now - LAPSE_AFTER_CHANGE)
    for report_id in overdue:
        record.end_open(report_id=report_id, to_state=ReportState.LAPSED, by=BY, now=now)
    return len(overdue)


def apply_due_decisions(now: datetime) -> int:
    """This function will let every decision count whose undo window has ended."""
    return sum(triage.apply_decision(decision_id=one, now=now) for one in triage_queries.list_due(now))


def close_answered(now: datetime) -> int:
    """This function will close reports whose outcomes are known or whose waiting time is over."""
    return feedback.close_due(now=now)


def remind_companies(now: datetime) -> int:
    """This function will remind companies of reports whose data they need not keep for much longer."""
    return telling.remind(asked=keeping.longest_asked(now=now), now=now)


def purge(now: datetime) -> int:
    """This function will destroy the content of reports whose retention has ended; a legal hold wins.

    One that must not be destroyed is held for a person to look at, and the others go on.
    """
    due = retention.list_due(now=now)
    for report_id in due:
        try:
            with transaction.atomic():
                retention.purge(report_id=report_id, by=BY, now=now)
                enrichment.forget(report_id=report_id)
                triage_keeping.forget(report_id=report_id)
                once.forget(number=reports.number_of(report_id))
                clusters.forget(report_id=report_id, now=now)
        except Refusal as refusal:
            retention.refuse_purge(report_id=report_id, code=refusal.code, by=BY, now=now)
    return len(due) + referral.shred_purged(now=now)


Timer = Callable[[datetime], int]
# What the clock starts: a cron line (with seconds last) and the function, which tells how many things it did.
TIMERS: Mapping[str, tuple[str, Timer]] = {
    "apply_due_decisions": ("* * * * * */10", apply_due_decisions),
    "rescue": ("* * * * * */30", rescue),
    "lapse": ("* * * * *", lapse),
    "close_answered": ("*/5 * * * *", close_answered),
    "remind_companies": ("7 6-23 * * *", remind_companies),  # once a day each; the later runs are for what was missed
    "purge": ("17 * * * *", purge),
    **triage_news.TIMERS,
    **upkeep.TIMERS,
    **beside.TIMERS,
}


def step(report_id: int, now: datetime) -> bool:
    """This function will take a report through its next stage in one commit; False where nothing is to do."""
    head = reports.load_head(report_id)
    if head.hold is not None or head.state not in AUTOMATIC:
        return False
    begun = perf_counter()
    if _is_out_of_scope(head):
        result = Advance(to_state=ReportState.CLOSED, code="out_of_scope")
        return _noted(head, result, _commit(head, result, now), begun)
    stage = STAGES[head.state]
    try:
        facts = stage.gather(head)
    except Exception:
        if reports.load_head(report_id).state is not head.state:
            return False  # another walk took it on meanwhile, and with it what this one was reading
        raise
    result = stage.decide(head, facts, now)
    with transaction.atomic():
        stage.save(head, result, now)
        moved = _commit(head, result, now)
    return _noted(head, result, moved, begun)


def _noted(head: ReportHead, result: Advance, moved: bool, begun: float) -> bool:
    """One line of the worker's log for each step that was committed."""
    if moved:
        stage = STAGES[head.state].__name__.split(".")[-2]
        took = round((perf_counter() - begun) * 1000)
        state = result.to_state or head.state
        logs.note("step", number=head.number, state=state, stage=stage, code=result.code or "step", ms=took)
    return moved


def _is_out_of_scope(head: ReportHead) -> bool:
    if head.state is not ReportState.TRIAGED:
        return False
    judged = [found.body for found in reports.current_findings(head.id, Judged.kind)]
    return any(isinstance(body, Judged) and body.disposition == Disposition.OUT_OF_SCOPE for body in judged)


def _commit(head: ReportHead, result: Advance, now: datetime) -> bool:
    moved = record.advance(report_id=head.id, result=result, by=BY, now=now, from_state=head.state)
    if moved and result.to_state is not None:
        tell_reporter(head.id, now)
    if moved and result.to_state is ReportState.MADE_AVAILABLE:
        triage_keeping.note_referred(report_id=head.id)
        record.tell_listeners({head.id: (ReferralMade.kind, HANDED_OVER)}, by=BY)
        tell_company(head, Kind.MADE_AVAILABLE, "made_available", now)
    return moved


def tell_company(head: ReportHead, kind: Kind, fact: str, now: datetime) -> None:
    """This function will keep for sending what the company of a report wants to be told; `fact` names which fact.

    Joins the transaction in which the fact itself is written.
    """
    if head.esp_id is not None:
        news = News(kind, head.esp_id, head.environment, head.number, f"{head.number}:{fact}")
        telling.tell(news=news, now=now)


def walk(report_id: int) -> None:
    """This function will take a report as far as it can go by itself."""
    while step(report_id, clock.now()):
        pass


def news(report_id: int, kinds: Sequence[str] = ()) -> None:
    """This function will run the listeners of all news that a report has by now, each once.

    News is forgotten after its listeners ran: a job that is cut short is run again and finds it. Of many jobs about
    one report the first does the work and the others find nothing left.
    """
    waiting = reports.list_news(report_id)
    told = dict.fromkeys((*kinds, *(kind for _, kind in waiting)))
    for listener in dict.fromkeys(listener for kind in told for listener in LISTENERS.get(kind, ())):
        listener(report_id, clock.now())
    record.settle_news(news_ids=[news_id for news_id, _ in waiting])


def escalate(*, report_id: int, why: str, by: Actor, now: datetime) -> None:
    """This function will make an early referral beside the ordinary way, on a person's word.

    Raises Refusal `reason_missing`, or `wrong_state` where the report is not received yet or has ended.
    """
    if not why.strip():
        raise Refusal("reason_missing", "Say why it cannot wait.", field="why")
    head = reports.load_head(report_id)
    if not has_reached(head.state, ReportState.SECURED) or head.state is ReportState.CLOSED:
        raise Refusal("wrong_state", "The report cannot be escalated in its present state.")
    finding = Finding("", Escalated(why.strip()[:1000]), by=str(by), tool="person", at=now)
    with transaction.atomic():
        record.audit(by, "report.escalated", head.number, now)
        record.append_findings(report_id=report_id, findings=(finding,), by=by, now=now)


def give_up(report_id: int, error: BaseException) -> None:
    """This function will put a report on hold after the last failed try; the type is kept, never the message."""
    reason = "outage" if isinstance(error, OUTAGES) else "bug"
    record.put_hold(report_id=report_id, reason=reason, detail=type(error).__name__, by=BY, now=clock.now())
    logs.note("hold", number=reports.number_of(report_id), code=reason, error=type(error).__name__)


def apply_decision(decision_id: int) -> None:
    """This function will let one decision count, when its undo window has ended."""
    triage.apply_decision(decision_id=decision_id, now=clock.now())


def take_facts(note_id: str) -> None:
    """This function will bring what a reporter added into the report."""
    intake.take_facts(note_id=note_id, now=clock.now())


def take_outcome(outcome_id: int) -> None:
    """This function will bring an agency's answer into the report, and tell the company."""
    now = clock.now()
    with transaction.atomic():
        report_id = feedback.take_outcome(outcome_id=outcome_id, now=now)
        if report_id is not None:
            tell_company(reports.load_head(report_id), Kind.OUTCOME, f"outcome:{outcome_id}", now)


def tell_keep_asked(request_id: int) -> None:
    """This function will tell the company that police ask it to keep a report's data longer."""
    report_id = keeping.report_of(request_id)
    tell_company(reports.load_head(report_id), Kind.KEEP_ASKED, f"keep:{request_id}", clock.now())


def take_contacts(list_id: int) -> None:
    """This function will bring a list of seized contacts into the report."""
    feedback.take_contacts(list_id=list_id, now=clock.now())


def search_earlier(entries: list[int]) -> None:
    """This function will find the reports that changed entries of hash lists concern, and have each look again.

    An entry that came onto a list is compared with every file that is kept, a film whose bytes are at hand by its
    frames too; one that went is withdrawn where it hit.
    """
    alone = known_films.follow(entries=entries, now=clock.now())
    jobs.defer_many(hashlists_service.CHANGED, ({"entries": [entry]} for entry in alone))
    wanted = (*hashlists.list_wanted(entries), *films.list_probes(entries))
    alike = files.find_depicting(hashlists.list_wanted_features(entries))
    found = {*files.find_reports(wanted), *alike, *hashlists.list_hit_reports(entries)}
    jobs.defer_many(LOOK_AGAIN, ({"report_id": report_id} for report_id in sorted(found)))


def look_at_files(report_id: int) -> None:
    """This function will ask the hash lists about one earlier report."""
    look_again(report_id, clock.now())


# The jobs by name, as the queue knows them.
JOBS: Mapping[str, Callable[..., None]] = {
    WALK: walk,
    record.NEWS: news,
    triage.APPLY: apply_decision,
    intake.TAKE_FACTS: take_facts,
    feedback.TAKE_OUTCOME: take_outcome,
    feedback.TAKE_CONTACTS: take_contacts,
    keeping.ASKED: tell_keep_asked,
    hashlists_service.CHANGED: search_earlier,
    LOOK_AGAIN: look_at_files,
    **triage_news.JOBS,
    research.WEIGH: weigh_again,
    **beside.JOBS,
}
# Errors that pass: tried again with growing pauses. Any other one is a bug, and the report is held at once.
OUTAGES = (*jobs.OUTAGES, StoreOutage)
