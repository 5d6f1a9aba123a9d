"""The desk's pages of companies that report: how their programs' reports are read, set by whoever keeps partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from tipline.interfaces.desk import trail
from tipline.interfaces.desk.partners.views import KEEPERS, frame_of
from tipline.interfaces.ui import ways as words
from tipline.interfaces.ui.gate import actor_of
from tipline.interfaces.ui.paging import turns
from tipline.platform import clock
from tipline.reference.directory import queries as directory
from tipline.reference.directory import service
from tipline.reference.directory.queries import EspInfo, Ways

SIZE = 50


class WaysForm(forms.Form):
    """The two switches where the protocol's sources disagree, and the quota."""

    reporter_email_required = forms.TypedChoiceField(
        label="E-mail of who reports",
        choices=[("yes", "Required: a report without one is refused"), ("no", "Optional")],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    strict_attributes = forms.TypedChoiceField(
        label="Attributes in a client’s own places",
        choices=[
            ("no", "Lenient: what published clients send there is taken"),
            ("yes", "Strict: the schema’s places alone"),
        ],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    calls_a_minute = forms.IntegerField(
        label="Calls a minute",
        help_text="In each process of the reporting API. 0: what the house’s setting says.",
        min_value=0,
        max_value=1_000_000,
    )


@KEEPERS
@require_GET
def companies(request: HttpRequest) -> HttpResponse:
    """This function will list the companies that report, by name, and find one by a part of its name."""
    name, start = request.GET.get("name", "").strip()[:100], request.GET.get("from", "0")
    offset = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0
    total, found = directory.count_esps(name), directory.search_esps(name, offset=offset, size=SIZE)
    trail.note(request, trail.Sight("esp.listed", "esp", "all"), count=len(found))
    address = reverse("desk:companies") + (f"?{urlencode({'name': name})}" if name else "")
    page = turns(address, total=total, offset=offset, size=SIZE)
    lines = [(one, ways) for one, ways in found]
    shown = {"lines": lines, "name": name, "page": page, "newer_text": "Before", "older_text": "Further"}
    return render(request, "desk/partners/companies.html", {**frame_of(request), **shown})


@KEEPERS
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show how a company's reports are read, or set it; the audit says who did."""
    found = directory.find_esp(number)
    if found is None:
        raise Http404
    form = WaysForm(request.POST) if request.method == "POST" else WaysForm(initial=_initial(number))
    if request.method == "POST" and form.is_valid():
        service.set_ways(esp_id=number, ways=Ways(**form.cleaned_data), by=actor_of(request), now=clock.now())
        messages.info(request, "Set. The reporting API heeds it within a minute; the company reads it in its profile.")
        return redirect("desk:company", number)
    trail.note(request, trail.Sight("esp.viewed", "esp", str(number)))
    return _page(request, found, form)


def _initial(number: int) -> dict[str, Any]:
    held = directory.find_ways(number)
    return {
        "reporter_email_required": "yes" if held.reporter_email_required else "no",
        "strict_attributes": "yes" if held.strict_attributes else "no",
        "calls_a_minute": held.calls_a_minute,
    }


def _page(request: HttpRequest, found: EspInfo, form: WaysForm) -> HttpResponse:
    shown = {"company": found, "form": form, "ways": words.lines(directory.find_ways(found.id))}
    status = 400 if form.errors else 200
    return render(request, "desk/partners/company.html", {**frame_of(request), **shown}, status=status)
