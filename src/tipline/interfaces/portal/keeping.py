"""An officer asks the company to keep a report's data longer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.portal.views import OFFICER, require_referral
from tipline.interfaces.ui.gate import actor_of
from tipline.platform import clock
from tipline.stages.feedback import keeping


class KeepForm(forms.Form):
    """Until which day."""

    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


@OFFICER
@require_POST
def ask(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will pass an agency's request on to the company."""
    line, form = require_referral(request, number), KeepForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal("bad_day", "Give the day until which the data are to be kept.", field="until")
        keeping.ask_to_keep(
            referral=line.ref,
            agency_name=line.agency_name,
            until=form.cleaned_data["until"],
            by=actor_of(request),
            now=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "The company reads your request, with your agency’s name, on its pages.")
    return redirect(f"{reverse('portal:report', args=[number])}#keep")
