"""The pages: all partners, a new one, one partner with everything that is kept of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.partners import forms
from tipline.interfaces.desk.partners.acts import ACTS, Act, Asked
from tipline.interfaces.desk.views import frame, role_of
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reference.hashlists import canaries
from tipline.reference.partners import queries as partners
from tipline.reference.partners import service as registry
from tipline.reference.partners.values import KIND_LABELS, PURPOSE_LABELS, SCOPE_LABELS, PartnerPage

KEEPERS = requires(Role.SUPERVISOR, Role.ADMIN)


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """This function will give what every page of partners shows."""
    # Administrators see no report, so no list of reports either.
    held = {"rail": ()} if role_of(request) == Role.ADMIN else frame(request, "")
    return {**held, "may_partners": True, "is_partners": True}


@KEEPERS
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """This function will list the partners; by POST it says whose canary a hash is, if it is one."""
    found = partners.list_partners(on=clock.now().date())
    form = forms.CanaryForm(request.POST or None)
    planted = canaries.find(form.cleaned_data["value"]) if request.method == "POST" and form.is_valid() else None
    trail.note(request, trail.Sight("partner.listed", "partner", "all"), count=len(found))
    lines = [
        {"line": one, "kind": KIND_LABELS[one.kind], "scopes": [SCOPE_LABELS[scope] for scope in one.scopes]}
        for one in found
    ]
    shown = {"lines": lines, "canary_form": form, "asked": form.is_bound and form.is_valid(), "planted": planted}
    return render(request, "desk/partners/list.html", {**frame_of(request), **shown})


@KEEPERS
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """This function will enter a partner."""
    form = forms.PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = registry.NewPartner(**form.cleaned_data)
        try:
            number = registry.create_partner(new=entered, by=actor_of(request), now=clock.now())
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return redirect("desk:partner", number)
    status = 400 if form.errors else 200
    return render(request, "desk/partners/new.html", {**frame_of(request), "form": form}, status=status)


@KEEPERS
@require_GET
def one(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show one partner."""
    page = _require(number)
    trail.note(request, trail.Sight("partner.viewed", "partner", str(number)))
    return _show(request, page)


@KEEPERS
@require_POST
def act(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will do one act on a partner's page."""
    page, chosen = _require(number), ACTS.get(name)
    if chosen is None:
        raise Http404
    form = _form(name, chosen, page, request.POST)
    if form is not None and not form.is_valid():
        return _show(request, page, opened=name, form=form)
    data = form.cleaned_data if form is not None else request.POST
    try:
        made = chosen.do(Asked(page, data, actor_of(request), clock.now()))
    except Refusal as refusal:
        if form is None:
            messages.warning(request, refusal.sentence)
            return redirect("desk:partner", number)
        _say(form, refusal)
        return _show(request, page, opened=name, form=form)
    if made is not None:  # shown once, so not after a redirect
        return _show(request, _require(number), issued=made)
    messages.info(request, chosen.done)
    return redirect("desk:partner", number)


def _require(number: int) -> PartnerPage:
    page = partners.load_page(number, on=clock.now().date())
    if page is None:
        raise Http404
    return page


def _say(form: Any, refusal: Refusal) -> None:
    field = "place" if refusal.field == "scope" and "place" in form.fields else refusal.field
    form.add_error(field if field in form.fields else None, refusal.sentence)


def _form(name: str, chosen: Act, page: PartnerPage, data: Any = None) -> Any:
    if chosen.form is None:
        return None
    scopes = tuple(dict.fromkeys(each.scope for each in page.agreements if each.lives))
    more = {"scopes": scopes} if chosen.form is forms.CredentialForm else {}
    return chosen.form(data, auto_id=f"{name}_%s", **more)


def _show(request: HttpRequest, page: PartnerPage, *, opened: str = "", form: Any = None, **more: Any) -> HttpResponse:
    made = {name: form if name == opened else _form(name, each, page) for name, each in ACTS.items()}
    shown = {
        "partner": page.line,
        "kind": KIND_LABELS[page.line.kind],
        "contacts": [{"row": each, "purpose": PURPOSE_LABELS[each.purpose]} for each in page.contacts],
        "agreements": [{"row": each, "scope": SCOPE_LABELS[each.scope]} for each in page.agreements],
        "credentials": [{"row": each, "scope": SCOPE_LABELS[each.scope]} for each in page.credentials],
        "keys": page.keys,
        "canaries": canaries.count(page.line.id),
        "may_issue": any(each.lives for each in page.agreements),
        "forms": made,
        "opened": opened,
        **more,
    }
    status = 400 if opened else 200
    return render(request, "desk/partners/partner.html", {**frame_of(request), **shown}, status=status)
