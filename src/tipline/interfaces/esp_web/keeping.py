"""The preservation clock: what must be kept until when, what ends soon, what police ask for, and who is reminded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web.views import ADMINISTRATOR, COMPANY, frame, is_administrator, note, own_id
from tipline.interfaces.ui.gate import actor_of
from tipline.platform import clock
from tipline.programs.telling import queries as telling
from tipline.programs.telling import service
from tipline.programs.telling.service import REMINDED
from tipline.reports import company
from tipline.reports.company import OwnReport
from tipline.stages.feedback import keeping
from tipline.stages.feedback.keeping import KeepAsked


class AddressForm(forms.Form):
    """One more address to write to."""

    mail = forms.CharField(
        label="Mail address",
        help_text="Best one that several of you read, for example safety@example.com.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


@COMPANY
@require_GET
def keep(request: HttpRequest) -> HttpResponse:
    """This function will list the reports whose year ends soon, and what agencies ask to keep longer."""
    return _page(request, AddressForm())


@ADMINISTRATOR
@require_POST
def add(request: HttpRequest) -> HttpResponseBase:
    """This function will write to the company at a further address."""
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            service.add_address(
                esp_id=own_id(request), address=form.cleaned_data["mail"], by=actor_of(request), now=clock.now()
            )
        except Refusal as refusal:
            form.add_error("mail", refusal.sentence)
        else:
            messages.success(request, "Kept. Reminders go there from now on.")
            return redirect("esp_web:keep")
    return _page(request, form, status=400)


@ADMINISTRATOR
@require_POST
def remove(request: HttpRequest, ident: int) -> HttpResponseBase:
    """This function will write to an address no more."""
    try:
        service.end_address(esp_id=own_id(request), address_id=ident, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        return _page(request, AddressForm(), status=400, refusal=refusal)
    messages.success(request, "Removed.")
    return redirect("esp_web:keep")


def _page(request: HttpRequest, form: AddressForm, status: int = 200, **more: Any) -> HttpResponse:
    esp_id, now = own_id(request), clock.now()
    ending = company.list_ending(esp_id=esp_id, now=now)
    asked = keeping.list_open_asked(now=now)
    note(request, "report.listed", "list", "keep", count=len(ending) + len(asked))
    longest = {one.report_number: one for one in sorted(asked, key=lambda one: one.until)}
    ends = [(one, longest.get(one.number), _end(one, longest.get(one.number))) for one in ending]
    days = [*(end for _, _, end in ends), *(one.until for one in asked)]
    reminders = telling.list_reminders(esp_id=esp_id, days=days)
    shown: dict[str, Any] = {
        "ending": [(one, longer, reminders.get(end, ())) for one, longer, end in ends],
        "ending_total": company.count_ending(esp_id=esp_id, now=now),
        "asked": [(one, reminders.get(one.until, ())) for one in asked],
        "soon": company.SOON,
        "reminded": " and ".join((", ".join(map(str, REMINDED[:-1])), str(REMINDED[-1]))),
        "addresses": telling.list_addresses(esp_id),
        "may_change": is_administrator(request),
        "form": form,
        **more,
    }
    return render(request, "esp_web/keep.html", frame(esp_id, "keep") | shown, status=status)


def _end(one: OwnReport, longer: KeepAsked | None) -> date:
    """The day up to which it is to be kept: that of its year, or a later one that police asked for."""
    assert one.preserve_until is not None
    own = one.preserve_until.date()
    return max(own, longer.until) if longer else own
