"""The pages of the telephone desk."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.answers import REPORTER_IS
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.receipt import grouped
from tipline.interfaces.hotline import calls, drafts
from tipline.interfaces.hotline.forms import CallForm
from tipline.interfaces.ui.gate import actor_of, is_htmx, requires
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.stages.intake import service as intake

_TAKERS = (Role.CALL_TAKER, Role.ANALYST, Role.SUPERVISOR)


@requires(*_TAKERS)
@require_GET
def calls_page(request: HttpRequest) -> HttpResponse:
    """This function will list own drafts and offer a new call."""
    own = drafts.list_own(actor_of(request).ident)
    return render(request, "hotline/calls.html", {"drafts": own, "new_id": drafts.new_id()})


@requires(*_TAKERS)
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """This function will show the sheet of one call, keep it, or finish it."""
    if intake.find_sent(once=_once(request, draft_id), now=clock.now()):
        return _over(request, draft_id)
    if request.method == "GET":
        return _sheet(request, draft_id, _stored(request, draft_id))
    form = CallForm(request.POST)
    try:
        drafts.save(draft_id=draft_id, call_taker=actor_of(request).ident, typed=_typed(request), now=clock.now())
        if request.POST.get("go") != "finish":
            return _kept(request, draft_id)
        if form.is_valid():
            return _finish(request, draft_id, form)
    except ViolationError as refusal:
        form.add_error(None, refusal.violations[0].advice)
    except Refusal as refusal:
        add_refusal(form, refusal)
    return _sheet(request, draft_id, form)


def _once(request: HttpRequest, draft_id: str) -> str:
    # A draft is its call taker's own, so its id alone is no key to its receipt.
    return f"call:{actor_of(request).ident}:{draft_id}"


def _over(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """A finished call takes no more words: what comes late, or twice, leads to its number."""
    url = reverse("hotline:done", args=[draft_id])
    return HttpResponse(headers={"HX-Redirect": url}) if is_htmx(request) else HttpResponseRedirect(url)


def _stored(request: HttpRequest, draft_id: str) -> CallForm:
    try:
        typed = drafts.load(draft_id=draft_id, call_taker=actor_of(request).ident)
    except Refusal:
        return CallForm()
    # Filled in and not yet judged: a draft is nobody's mistake.
    return CallForm(initial=_initial(typed))


def _initial(typed: drafts.Typed) -> dict[str, Any]:
    given = MultiValueDict(typed)
    many = ("harms", "incidents")
    return {name: given.getlist(name) if name in many else given.get(name) for name in given}


def _typed(request: HttpRequest) -> drafts.Typed:
    return {name: request.POST.getlist(name) for name in CallForm.base_fields if name in request.POST}


def _sheet(request: HttpRequest, draft_id: str, form: CallForm) -> HttpResponse:
    scripts = [(kind, REPORTER_IS[kind], sentences) for kind, sentences in calls.SCRIPTS.items()]
    shown = {"form": form, "draft_id": draft_id, "scripts": scripts}
    return render(request, "hotline/call.html", shown, status=422 if form.errors else 200)


def _kept(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    if is_htmx(request):
        return render(request, "hotline/saved.html", {"saved_at": clock.now()})
    return redirect("hotline:call", draft_id)


@transaction.atomic
def _finish(request: HttpRequest, draft_id: str, form: CallForm) -> HttpResponseBase:
    now, by = clock.now(), actor_of(request)
    report = calls.report_of(form.cleaned_data, now, once=_once(request, draft_id))
    intake.open_from_hotline(report=report, by=by, now=now)
    drafts.discard(draft_id=draft_id, call_taker=by.ident)
    return _over(request, draft_id)


@requires(*_TAKERS)
@require_GET
def done(request: HttpRequest, draft_id: str) -> HttpResponse:
    """This function will show the number of a finished call and, for a while, the caller's code."""
    receipt = intake.find_sent(once=_once(request, draft_id), now=clock.now())
    if receipt is None:
        raise Http404
    code = grouped(receipt.code).replace("-", " ") if receipt.code else ""
    return render(request, "hotline/done.html", {"number": receipt.number, "code": code})


@requires(*_TAKERS)
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """This function will ask, and then throw away a draft of one's own."""
    if request.method == "GET":
        line = drafts.find_line(draft_id=draft_id, call_taker=actor_of(request).ident)
        return render(request, "hotline/discard.html", {"draft": line}) if line else redirect("hotline:calls")
    drafts.discard(draft_id=draft_id, call_taker=actor_of(request).ident)
    return redirect("hotline:calls")
