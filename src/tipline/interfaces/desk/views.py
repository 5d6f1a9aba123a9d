"""The desk's pages: lists, one report, what is done with it, search."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import is_valid_path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.domain.report import ReportHead
from tipline.interfaces.desk import acts, forms, pages, recipients, searching, trail
from tipline.interfaces.desk import queue as lines
from tipline.interfaces.ui.gate import actor_of, is_htmx, requires, user_of
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reference.hashlists import reviewing
from tipline.reports import queries as reports
from tipline.stages.linking import queries as clusters
from tipline.stages.triage import keeping

_DESK_ROLES = (Role.ANALYST, Role.SUPERVISOR)
HOTLINE = "/hotline/"


@requires(*_DESK_ROLES, Role.CALL_TAKER, Role.ADMIN)
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """This function will send each role to its own first page."""
    role = role_of(request)
    if role == Role.CALL_TAKER:
        return redirect(HOTLINE)
    if role == Role.ADMIN:
        return render(request, "desk/no_desk.html")
    return redirect("desk:queue", "urgent")


def role_of(request: HttpRequest) -> str:
    """This function will return the role of who asks."""
    user = user_of(request)
    return user.role if user else ""


@requires(*_DESK_ROLES)
@require_GET
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """This function will show one list."""
    if name not in lines.KINDS:
        raise Http404
    start = request.GET.get("from", "0")
    page = lines.load_list(name, offset=int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0)
    trail.note(request, trail.Sight("report.listed", "list", name), queue=name, count=len(page.items))
    lates = lines.load_late(clock.now()) if name in ("urgent", "new") else ()
    return render(request, "desk/queue.html", {**frame(request, name), "list": page, "lates": lates})


def frame(request: HttpRequest, name: str) -> dict[str, Any]:
    """This function will give what every page of the desk shows: the rail."""
    return {
        "rail": lines.load_rail(name),
        "review_total": reviewing.count_proposals(str(actor_of(request))),
        "is_review": name == "review",
        "alerts_total": clusters.count_alerts(),
        "is_supervisor": role_of(request) == Role.SUPERVISOR,
        "may_partners": role_of(request) == Role.SUPERVISOR,
        "has_hotline": is_valid_path(HOTLINE),
    }


def require_report(number: int) -> ReportHead:
    """This function will find a report that was received. Raises Http404."""
    head = pages.find_report(number)
    if head is None:
        raise Http404
    return head


def chosen_list(request: HttpRequest, head: ReportHead) -> str:
    """This function will tell from which list a report was opened; where that is not said, in which one it stands."""
    name = request.GET.get("in", "")
    return name if name in lines.KINDS else lines.list_of(head)


@requires(*_DESK_ROLES)
@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show a report; the audit entry is written first."""
    head = require_report(number)
    trail.note_report(request, number, "report")
    keeping.note_look(report_id=head.id, now=clock.now())
    return show_report(request, head)


def show_report(request: HttpRequest, head: ReportHead, *, status: int = 200, **more: Any) -> HttpResponse:
    """This function will answer with a report's page beside its list."""
    name, now = chosen_list(request, head), clock.now()
    page = pages.build(pages.load_facts(head), within=name, now=now)
    listed = lines.load_list(name, current=head.number)
    before, after = listed.beside(head.number)
    buttons = acts.buttons(head, is_decided=page["waiting"] is not None, role=role_of(request))
    values = {
        **frame(request, name),
        **page,
        "list": listed,
        "before_url": before,
        "after_url": after,
        "may_decide": any(one.name == "refer" for one in buttons),
        "buttons": tuple(_button(one, head.number, name) for one in buttons),
        "identity_form": forms.IdentityForm(auto_id="identity_%s"),
        "submission_form": forms.IdentityForm(auto_id="submission_%s"),
        **more,
    }
    return render(request, "desk/report.html", values, status=status)


def _button(act: acts.Act, number: int, within: str) -> dict[str, str]:
    url = f"{reverse('desk:act', args=[number, act.name])}?in={within}"
    return {"url": url, "text": act.text, "letter": act.letter, "kind": act.kind}


@requires(*_DESK_ROLES)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will show the small form of one act, or do the act."""
    head = require_report(number)
    chosen = acts.ACTS.get(name)
    if chosen is None or role_of(request) not in chosen.roles:
        raise trail.refused(request, number, f"act.{name}")
    form = _form_of(chosen, head, request)
    is_decided = pages.is_decided(head.id)
    if not chosen.when(head, is_decided):
        form.add_error(None, acts.too_late(is_decided=is_decided))
    elif request.method == "POST" and form.is_valid() and _done(request, chosen, head, form):
        if chosen.done:
            messages.info(request, chosen.done)
        return HttpResponseRedirect(lines.report_url(number, chosen_list(request, head)))
    trail.note_report(request, number, f"act.{name}")
    shown = {"act": chosen, "act_form": form, "act_url": request.get_full_path()}
    status = 400 if form.errors else 200
    if is_htmx(request) and request.method == "GET":
        getters = recipients.load_getters(head)
        values = {
            **shown,
            "getters": getters,
            "url": reverse("desk:report", args=[number]),
            "within": chosen_list(request, head),
        }
        return render(request, "desk/includes/act.html", values)
    return show_report(request, head, status=status, **shown)


def _form_of(chosen: acts.Act, head: ReportHead, request: HttpRequest) -> Any:
    data = request.POST if request.method == "POST" else None
    if chosen.form is forms.RecipientsForm:
        return forms.RecipientsForm(data, chosen=recipients.load_chosen(head), auto_id="act_%s")
    return chosen.form(data, auto_id="act_%s")


def _done(request: HttpRequest, chosen: acts.Act, head: ReportHead, form: Any) -> bool:
    try:
        chosen.do(acts.Asked(head, form.cleaned_data, form), actor_of(request), clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


@requires(*_DESK_ROLES)
@require_POST
def reporter(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show who reported, for a reason that is written down first."""
    head = require_report(number)
    form = forms.IdentityForm(request.POST, auto_id="identity_%s")
    if not form.is_valid():
        return show_report(request, head, status=400, identity_form=form)
    sight = trail.Sight("report.reporter_revealed", "report", str(number), form.cleaned_data["reason"])
    trail.note(request, sight, reason=form.cleaned_data["reason"])
    return show_report(request, head, **pages.load_reporter(head))


@requires(*_DESK_ROLES)
@require_POST
def submission(request: HttpRequest, number: int, part: int) -> HttpResponse:
    """This function will hand over one part of a submission, byte for byte; the audit entry is written first."""
    head = require_report(number)
    types = dict(reports.list_part_types(head.id))
    form = forms.IdentityForm(request.POST, auto_id="submission_%s")
    if part not in types or head.state.value == "PURGED":
        raise Http404
    if not form.is_valid():
        return show_report(request, head, status=400, submission_form=form)
    raw = reports.load_raw(head.id, part)
    trail.note_report(request, number, "submission", basis=form.cleaned_data["reason"], size=len(raw))
    suffix = "xml" if "xml" in types[part] else "txt"
    answer = HttpResponse(raw, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="report-{number}-part-{part}.{suffix}"'
    return answer


@requires(*_DESK_ROLES)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponseBase:
    """This function will find reports by number or identifier; by POST, so that no identifier stands in an address."""
    form = forms.SearchForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["q"].strip()
        number = searching.number_in(text)
        if number and pages.find_report(number):
            return redirect("desk:report", number)
        found = searching.find(text)
        kind = "number" if number else "identifier"
        trail.note(request, trail.Sight("report.searched", "list", "search"), kind=kind, count=len(found.items))
    values = {
        **frame(request, ""),
        "search_form": form,
        "found": found,
        "asked": form.data.get("q", ""),
        "is_search": True,
    }
    return render(request, "desk/search.html", values)
