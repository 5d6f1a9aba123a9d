"""Hand-overs to support organisations: the one thing of survivors' cases that the desk sees, with consent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.programs.survivors import queries, rules, service
from tipline.reference.partners import queries as partners

_ROLES = (Role.ANALYST, Role.SUPERVISOR)
_NEXT = timedelta(days=7)


class StepForm(forms.Form):
    """A step of a hand-over and the day on which somebody looks again."""

    state = forms.ChoiceField(label="How it stands", widget=forms.RadioSelect)
    follow_up_on = forms.DateField(
        label="Look again on", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        choices = self.fields["state"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [(one, rules.STATES[one]) for one in rules.MOVES.get(state, ())]


@requires(*_ROLES)
@require_GET
def hand_overs(request: HttpRequest) -> HttpResponse:
    """This function will list hand-overs, soonest follow-up first, beside counts of all cases."""
    lines = queries.list_hand_overs()
    trail.note(request, trail.Sight("survivor.support_listed", "hand_over", "open"), count=len(lines))
    counts = [(rules.FOR_WHOM[one.for_whom], one.is_withdrawn, one.amount) for one in queries.count_cases()]
    values = {"lines": lines, "ended": queries.list_hand_overs(ended=True), "counts": counts}
    return render(request, "desk/support.html", {**_frame(request), **values})


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {**frame(request, ""), "is_support": True, "today": clock.now().date()}


def _require(ident: str) -> queries.HandOverLine:
    line = queries.find_hand_over(ident)
    if line is None:
        raise Http404
    return line


@requires(*_ROLES)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, ident: str) -> HttpResponseBase:
    """This function will show one hand-over, covered, and note its next step."""
    line = _require(ident)
    form = _form(request, line)
    if request.method == "POST" and form.is_valid() and _moved(request, line, form):
        messages.info(request, "Noted.")
        return redirect("desk:hand_over", ident)
    return _show(request, line, form)


def _form(request: HttpRequest, line: queries.HandOverLine) -> StepForm:
    first = {"state": line.state, "follow_up_on": line.follow_up_on or (clock.now() + _NEXT).date()}
    return StepForm(request.POST if request.POST.get("go") == "move" else None, state=line.state, initial=first)


def _show(request: HttpRequest, line: queries.HandOverLine, form: StepForm, **more: Any) -> HttpResponse:
    contact = partners.find_contact(line.partner_id, "SUPPORT")
    values = {"line": line, "form": form, "contact": contact, "whom": rules.FOR_WHOM[line.for_whom], **more}
    values["is_open"] = line.state in rules.MOVES
    return render(request, "desk/support_one.html", {**_frame(request), **values}, status=400 if form.errors else 200)


def _moved(request: HttpRequest, line: queries.HandOverLine, form: StepForm) -> bool:
    step = service.Step(form.cleaned_data["state"], form.cleaned_data["follow_up_on"])
    try:
        service.move_hand_over(ident=line.id, step=step, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.sentence)
        return False
    return True


@requires(*_ROLES)
@require_http_methods(["POST"])
def reach(request: HttpRequest, ident: str) -> HttpResponse:
    """This function will open how to reach the person; that it was opened is written down first."""
    line = _require(ident)
    trail.note(request, trail.Sight("survivor.support_opened", "hand_over", line.id))
    opened = {"reach": queries.open_reach(ident), "trusted": queries.open_trusted(ident), "is_opened": True}
    return _show(request, line, _form(request, line), **opened)
