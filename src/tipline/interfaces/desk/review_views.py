"""Review of hash lists: what waits for me, one proposal with its file covered, lists, one entry."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import files, forms, reviews, trail
from tipline.interfaces.desk.file_views import require_file
from tipline.interfaces.desk.views import frame, role_of
from tipline.interfaces.ui import names
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reference.hashlists import brake, queries, reviewing, service
from tipline.reference.hashlists.never import list_never
from tipline.reference.hashlists.values import Print
from tipline.reports import proposals

_ROLES = (Role.ANALYST, Role.SUPERVISOR)
_SIZE = 50


@requires(*_ROLES)
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """This function will list the proposals that wait for who asks: disagreements first."""
    waiting = reviewing.list_proposals(str(actor_of(request)))
    trail.note(request, trail.Sight("hash.listed", "hash_list", "review"), page="review", count=len(waiting))
    values = {
        **frame(request, "review"), "lanes": reviews.lanes(waiting), "lists": queries.list_lists(),
        "held": brake.list_held(),
    }  # fmt: skip
    return render(request, "desk/review.html", values)


@requires(*_ROLES)
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show one proposal to somebody who may judge it, and take a look or a verdict."""
    found, reviewer = reviewing.find_proposal(number), str(actor_of(request))
    if found is None or not reviewing.may_person_judge(number, reviewer):
        return _no_longer(request, number)
    form = forms.VerdictForm(request.POST if request.POST.get("do") == "judge" else None)
    look = forms.ReviewLookForm(request.POST if request.POST.get("do") == "look" else None)
    if look.is_valid():
        files.ask(request, files.Asked(found.file_id, look.cleaned_data["how"], proposals.REVIEW))
        return redirect("desk:proposal", number)
    if form.is_valid() and _judged(request, number, form):
        return redirect(reviews.next_url(reviewing.list_proposals(reviewer)))
    trail.note(request, trail.Sight("hash.viewed", "hash_entry", str(number)), page="proposal")
    shown = reviews.proposal_page(found, files.asked_for(request, found.file_id), actor_of(request))
    values = {**frame(request, "review"), **shown, "form": form, "look_form": look}
    return render(request, "desk/proposal.html", values, status=400 if form.errors or look.errors else 200)


def _no_longer(request: HttpRequest, number: int) -> HttpResponseBase:
    # Settled, proposed or judged by who asks: what may be known of it stands on the entry's page.
    if request.method == "POST":
        messages.info(request, "This one is no longer yours to judge.")
    return redirect("desk:entry", number)


def _judged(request: HttpRequest, number: int, form: forms.VerdictForm) -> bool:
    held = form.cleaned_data
    try:
        proposals.judge_file(
            entry=number, verdict=held["verdict"], note=held["note"], by=actor_of(request), now=clock.now()
        )
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return False
    # The same words whatever the others said: nobody learns from their own verdict how it stands.
    messages.success(request, "Your judgement is kept. It cannot be changed.")
    return True


@requires(*_ROLES)
@require_GET
def hash_list(request: HttpRequest, name: str) -> HttpResponse:
    """This function will list a list's entries, the latest change first."""
    found = next((one for one in queries.list_lists() if one.slug == name), None)
    if found is None:
        raise Http404
    before = request.GET.get("before", "")
    entries = queries.list_entries(name, before=int(before) if before.isdigit() and len(before) < 18 else 0, size=_SIZE)
    trail.note(request, trail.Sight("hash.listed", "hash_list", name), page="list", count=len(entries))
    older = entries[-1].id if len(entries) == _SIZE else 0
    values = {**frame(request, "review"), "hash_list": found, "entries": reviews.rows(entries), "older": older}
    return render(request, "desk/hash_list.html", values)


@requires(*_ROLES)
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show one entry with its story, and withdraw it for a reason."""
    found = queries.load_entry(number)
    if found is None:
        raise Http404
    if request.POST.get("do") == "release":
        return _released(request, number)
    form = forms.WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason, by = form.cleaned_data["reason"], actor_of(request)
        if service.withdraw(entries=(number,), by=by, now=clock.now(), reason=reason):
            messages.success(request, "Withdrawn. A tombstone tells everybody who has it.")
        return redirect("desk:entry", number)
    trail.note(request, trail.Sight("hash.viewed", "hash_entry", str(number)), page="entry")
    values: dict[str, Any] = {
        **frame(request, "review"), **reviews.entry_page(found, str(actor_of(request))), "form": form,
        "release_form": forms.ReleaseForm(),
    }  # fmt: skip
    return render(request, "desk/entry.html", values, status=400 if form.errors else 200)


def _released(request: HttpRequest, number: int) -> HttpResponseBase:
    if role_of(request) != Role.SUPERVISOR:
        raise Http404
    try:
        brake.release(entry=number, reason=request.POST.get("reason", ""), by=actor_of(request), now=clock.now())
        messages.success(request, "Released. Earlier files are looked at again.")
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("desk:entry", number)


@requires(*_ROLES)
@require_GET
def never(request: HttpRequest) -> HttpResponse:
    """This function will list the fingerprints that never count, with who said so and why."""
    return _never_page(request, forms.NeverForm())


@requires(Role.SUPERVISOR)
@require_POST
def change_never(request: HttpRequest) -> HttpResponseBase:
    """This function will enter a fingerprint that never counts, or let one count again."""
    by, now = actor_of(request), clock.now()
    form = forms.NeverForm(None if "ended" in request.POST else request.POST)
    try:
        if form.is_bound:
            if not form.is_valid():
                return _never_page(request, form)
            held = form.cleaned_data
            brake.never_count(found=Print(held["type"], held["value"]), reason=held["reason"], by=by, now=now)
        else:
            ended = request.POST["ended"]
            brake.count_again(number=int(ended) if ended.isdecimal() and len(ended) < 18 else 0, by=by, now=now)
    except Refusal as refusal:
        if not form.is_bound:
            raise Http404 from refusal
        add_refusal(form, refusal)
        return _never_page(request, form)
    messages.success(request, "Kept. It counts from the next look on.")
    return redirect("desk:never")


def _never_page(request: HttpRequest, form: forms.NeverForm) -> HttpResponse:
    lines = tuple({"line": one, "by": names.actor_name(one.by)} for one in list_never())
    trail.note(request, trail.Sight("hash.listed", "hash_list", "never"), page="never", count=len(lines))
    values = {**frame(request, "review"), "lines": lines, "form": form}
    return render(request, "desk/never.html", values, status=400 if form.errors else 200)


@requires(*_ROLES)
@require_POST
def propose(request: HttpRequest, number: int, file_id: str) -> HttpResponseBase:
    """This function will propose a file of a report for a hash list, without a classification."""
    head, _ = require_file(number, file_id)
    form, by = forms.ProposeForm(request.POST), actor_of(request)
    try:
        slug = form.cleaned_data["list"] if form.is_valid() else ""
        proposals.propose_file(report_id=head.id, file_id=file_id, list_slug=slug, by=by, now=clock.now())
        messages.success(request, "Proposed. Three other people judge it, blind to each other.")
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    return redirect(reverse("desk:file", args=[number, file_id]))
