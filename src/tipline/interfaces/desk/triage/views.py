"""The rules of triage: the desk reads them; supervisors draft, look ahead, propose, and release for each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.domain.vocabulary import PRIORITY_LABELS, Priority
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.queue import report_url
from tipline.interfaces.desk.triage.forms import ClocksForm, NoteForm, RuleForm, WhyForm
from tipline.interfaces.desk.views import frame, role_of
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.interfaces.ui.sent import add_refusal
from tipline.interfaces.ui.templatetags.ui import duration
from tipline.interfaces.ui.words import plural
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reports import lists
from tipline.stages.triage import queries, ruleset, rulesets
from tipline.stages.triage.features import FEATURES_BY_NAME, FEATURES_LIST
from tipline.stages.triage.queries import VersionLine
from tipline.stages.triage.rule import IS, OP_WORDS, Condition, Fault, conditions
from tipline.stages.triage.ruleset import GROUPS

_PLACE = re.compile(r"\{\w+\}")  # where a report's own value stands in a sentence
STATE_WORDS = {
    "draft": "Draft",
    "proposed": "Waits for a second supervisor",
    "released": "Released",
    "withdrawn": "Withdrawn",
    "dropped": "Dropped",
}


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """This function will give what every page about triage shows."""
    return {**frame(request, ""), "is_triage": True}


def _shown_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule in words; the names of features are for those alone who write one."""
    return {
        "id": rule["id"],
        "points": rule["points"],
        "more": ", ".join(one for one in (_adds(rule), _most(rule)) if one),
        "sentence": _PLACE.sub("…", rule["sentence"]),
        "tag": _PLACE.sub("…", rule.get("tag", "")),
        "on": rule.get("on", True),
        "when": tuple(map(_asked, conditions(rule["when"]))),
    }


def _adds(rule: Mapping[str, Any]) -> str:
    add, of = rule.get("add", 0), rule.get("of", "")
    if not add:
        return ""
    if of.startswith("word_"):
        return f"{add:+d} quoted, {2 * add:+d} said"
    says = FEATURES_BY_NAME[of].says
    return f"{add:+d} each: {says[0].lower()}{says[1:]}"


def _most(rule: Mapping[str, Any]) -> str:
    return f"at most {rule['most']}" if rule.get("most") is not None else ""


def _asked(one: Condition) -> str:
    says = FEATURES_BY_NAME[one.feature].says
    if isinstance(one.value, bool):
        return says if one.value else f"Not: {says[0].lower()}{says[1:]}"
    value = ", ".join(one.value) if isinstance(one.value, tuple) else str(one.value)
    return f"{says}: {value if one.op == IS else f'{OP_WORDS[one.op]} {value}'}"


def _groups(body: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    found = [
        (name, [_shown_rule(one) for one in body["rules"] if one["group"] == code]) for code, name in GROUPS.items()
    ]
    return [(name, several) for name, several in found if several]


def _clocks(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": PRIORITY_LABELS[one],
            "look_words": duration(60 * body["clocks"][str(int(one))]["look"]),
            "refer_words": duration(60 * body["clocks"][str(int(one))]["refer"]),
        }
        for one in Priority
    ]


@requires(Role.ANALYST, Role.SUPERVISOR)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """This function will show the rules that count, the versions before, and how far scoring again is."""
    body, versions, progress = rulesets.current_data(), queries.list_versions(), queries.last_rescoring()
    trail.note(request, trail.Sight("rules.listed", "rules", "all"), count=len(versions))
    values = {
        **frame_of(request),
        "current": body["version"],
        "groups": _groups(body),
        "clocks": _clocks(body),
        "versions": [(one, STATE_WORDS[one.state]) for one in versions],
        "open": next((one for one in versions if one.is_open), None),
        "progress": progress,
        "progress_percent": 100 * progress.done / progress.total if progress and progress.total else 0,
    }
    return render(request, "desk/triage/rules.html", values)


@requires(Role.SUPERVISOR)
@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """This function will begin a draft from the rules that count."""
    try:
        number = rulesets.begin_draft(by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("desk:rules")
    return redirect("desk:rules_version", number)


def _require(number: int) -> VersionLine:
    line = queries.find_version(number)
    if line is None:
        raise Http404
    return line


@requires(Role.ANALYST, Role.SUPERVISOR)
@require_GET
def version(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show one version: what is different in it, where it stands, what can be done."""
    line = _require(number)
    trail.note(request, trail.Sight("rules.viewed", "rules", str(number)), page="version")
    return _show(request, line)


def _show(request: HttpRequest, line: VersionLine, form: forms.Form | None = None) -> HttpResponse:
    body, base = queries.load_body(str(line.number)), queries.load_body(line.base)
    me = actor_of(request).ident
    values = {
        **frame_of(request),
        "line": line,
        "state": STATE_WORDS[line.state],
        "body": body,
        "groups": _groups(body),
        "clocks": _clocks(body),
        "faults": _faults(line.number, body) if line.is_open else (),
        "differences": _differences(base, body),
        "is_mine": me in rulesets.authors_of(body, line.proposed_by),
        "is_current": rulesets.current().version == str(line.number),
        "note_form": form if isinstance(form, NoteForm) else NoteForm(auto_id="propose_%s"),
        "why_form": form if isinstance(form, WhyForm) else WhyForm(auto_id="withdraw_%s"),
        "may_edit": role_of(request) == Role.SUPERVISOR and line.state == rulesets.DRAFT,
    }
    return render(request, "desk/triage/version.html", values, status=400 if form is not None else 200)


def _faults(number: int, body: Mapping[str, Any]) -> list[tuple[str, Fault]]:
    """What keeps a draft from counting, each with the page on which it is mended."""
    rules = {one["id"] for one in body["rules"]} - {"new"}  # an older rule of that name has no page of its own

    def page_of(fault: Fault) -> str:
        if fault.rule in rules:
            return reverse("desk:rules_rule", args=[number, fault.rule])
        return reverse("desk:rules_clocks", args=[number]) if fault.rule.startswith("class ") else ""

    return [(page_of(fault), fault) for fault in ruleset.faults_of(body)]


def _differences(base: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [_difference(one) for one in rulesets.differences(base, body)]
    times = _changed_times(base["clocks"], body["clocks"])
    return [{**one, "rows": times} if one["name"] == _PARTS["clocks"] else one for one in found]


_TIMES = {"look": "to the first look", "refer": "to the referral"}


def _changed_times(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each time that is not the same, in minutes: rounded to hours, 60 and 90 would look alike."""
    return [
        (f"{PRIORITY_LABELS[one]}, {words}", plural(before, "minute"), plural(after, "minute"))
        for one in Priority
        for field, words in _TIMES.items()
        if (before := old[str(int(one))][field]) != (after := new[str(int(one))][field])
    ]


def _difference(one: rulesets.Difference) -> dict[str, Any]:
    old, new = (_shown_rule(side) if side else {} for side in (one.before, one.after))
    rows = [
        (words, _text(old.get(field)), _text(new.get(field)))
        for field, words in _FIELDS.items()
        if _text(old.get(field)) != _text(new.get(field))
    ]
    how = "added" if one.before is None else "removed" if one.after is None else "changed"
    shown = new or old
    name = f"{shown['sentence']} ({'; '.join(shown['when'])})" if shown else _PARTS.get(one.name, one.name)
    return {"name": name, "how": how, "rows": rows}


_FIELDS = {
    "points": "Points",
    "more": "Further points",
    "when": "Conditions",
    "sentence": "Sentence",
    "tag": "Tag",
    "on": "Counts",
}
_PARTS = {"clocks": "How long a report may wait", "calibration": "What scores are worth", "proposals": "Proposals"}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


@requires(Role.SUPERVISOR)
@require_GET
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show what these rules would change among the reports of last week."""
    line = _require(number)
    trail.note(request, trail.Sight("rules.viewed", "rules", str(number)), page="preview")
    found = queries.preview(ruleset.read(queries.load_body(str(number))), rulesets.current(), clock.now())
    rows = {row.head.id: row for row in lists.list_rows([one.report_id for one in found.moved])}
    most = max((*found.before.values(), *found.after.values(), 1))
    classes = [
        {
            "name": PRIORITY_LABELS[one],
            "before": found.before[int(one)],
            "after": found.after[int(one)],
            "before_bar": 100 * found.before[int(one)] / most,
            "after_bar": 100 * found.after[int(one)] / most,
        }
        for one in Priority
    ]
    moved = [
        {"head": rows[one.report_id].head, "url": report_url(rows[one.report_id].head.number), "line": one}
        for one in found.moved
        if one.report_id in rows
    ]
    values = {**frame_of(request), "line": line, "found": found, "classes": classes, "moved": moved}
    return render(request, "desk/triage/preview.html", values)


@requires(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def new_rule(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will add a rule to a draft."""
    return _edit(request, _require(number), "", {})


@requires(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, number: int, ident: str) -> HttpResponseBase:
    """This function will change one rule of a draft, or take it out."""
    line = _require(number)
    body = queries.load_body(str(number))
    held = next((one for one in body["rules"] if one["id"] == ident), None)
    if held is None:
        raise Http404
    return _edit(request, line, ident, held)


def _edit(request: HttpRequest, line: VersionLine, ident: str, held: dict[str, Any]) -> HttpResponseBase:
    shown = RuleForm.held(held) if held else {"points": 0, "on": True}
    form = RuleForm(request.POST or None, initial=shown, auto_id="rule_%s")
    if request.method == "POST" and "remove" in request.POST:
        return _keep(request, line, ident, None)
    if request.method == "POST" and form.is_valid():
        made = form.rule()
        faults = rulesets.faults_of_rule(number=line.number, ident=ident or made["id"], rule=made)
        for fault in faults:
            add_refusal(form, fault)
        if not faults:
            return _keep(request, line, ident or made["id"], made)
    if request.method == "GET":
        trail.note(request, trail.Sight("rules.viewed", "rules", str(line.number)), page="rule")
    values = {**frame_of(request), "line": line, "form": form, "ident": ident, "features": FEATURES_LIST}
    return render(request, "desk/triage/rule.html", values, status=400 if form.errors else 200)


def _keep(request: HttpRequest, line: VersionLine, ident: str, made: dict[str, Any] | None) -> HttpResponseBase:
    try:
        rulesets.change_rule(number=line.number, ident=ident, rule=made, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        done = "taken out" if made is None else "kept"
        messages.info(request, f"{ident} is {done} in the draft. It counts nowhere yet.")
    return redirect("desk:rules_version", line.number)


@requires(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def clocks(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will change in a draft how long reports of each class may wait."""
    line = _require(number)
    form = ClocksForm(request.POST or None, clocks=queries.load_body(str(number))["clocks"], auto_id="clock_%s")
    if request.method == "POST" and form.is_valid():
        try:
            rulesets.change_clocks(number=number, clocks=form.clocks(), by=actor_of(request), now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.info(request, "The times are kept in the draft. They count nowhere yet.")
            return redirect("desk:rules_version", number)
    if request.method == "GET":
        trail.note(request, trail.Sight("rules.viewed", "rules", str(number)), page="clocks")
    values = {**frame_of(request), "line": line, "form": form}
    return render(request, "desk/triage/clocks.html", values, status=400 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a version: its form, what is said afterwards, and whether the list is shown then.

    `do` takes number, by and now, and what the form holds by its fields' names.
    """

    form: type[forms.Form]
    done: str
    do: Callable[..., None]
    leaves: bool = False


ACTS: Mapping[str, Act] = {
    "propose": Act(NoteForm, "Proposed. A second supervisor releases it.", rulesets.propose),
    "take-back": Act(forms.Form, "It is a draft again.", rulesets.take_back),
    "release": Act(
        forms.Form,
        "Released. The waiting reports are scored again by these rules.",
        rulesets.release,
        leaves=True,
    ),
    "drop": Act(forms.Form, "Dropped. Nothing has changed.", rulesets.drop, leaves=True),
    "withdraw": Act(
        WhyForm,
        "Withdrawn. The rules before count again, and the waiting reports are scored again.",
        rulesets.withdraw,
        leaves=True,
    ),
}


@requires(Role.SUPERVISOR)
@require_POST
def act(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will take a version one step on its way."""
    line, chosen = _require(number), ACTS.get(name)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST, auto_id=f"{name}_%s")
    if not form.is_valid():
        return _show(request, line, form)
    try:
        chosen.do(number=number, by=actor_of(request), now=clock.now(), **form.cleaned_data)
    except Refusal as refusal:
        if refusal.field in form.fields:
            add_refusal(form, refusal)
            return _show(request, line, form)
        messages.warning(request, refusal.sentence)
        return redirect("desk:rules_version", number)
    messages.info(request, chosen.done)
    return redirect("desk:rules") if chosen.leaves else redirect("desk:rules_version", number)
