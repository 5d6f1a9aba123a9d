"""Coming back with number and PIN: how it stands, support, a trusted person, withdrawing.

After number and PIN fitted, a sealed ticket in the page stands for them, for a short time; nothing is in a cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.survivors import drafts, forms, saying
from tipline.interfaces.ui.gate import actor_of, open_to_all
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.programs.survivors import queries, rules, service
from tipline.reference.partners import queries as partners

_OWN = open_to_all("whoever has number and PIN may look at that case")
_PURPOSE = "survivor-ticket"
TICKET_SECONDS = 20 * 60
_TOO_LONG = "For your safety this page closed after a while. Please give number and PIN again; nothing is lost."


@_OWN
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """This function will show a case to whoever has its number and PIN."""
    form = forms.EnterForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _door(request, form)
    told = form.cleaned_data
    try:
        number = service.enter(number=told["number"], pin=told["pin"], by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        form.add_error("number" if refusal.field == "number" else None, refusal.sentence)
        return _door(request, form)
    answer = _status(request, number)
    service.note_look(number=number, now=clock.now())
    return answer


def _door(request: HttpRequest, form: forms.EnterForm) -> HttpResponse:
    return render(request, "survivors/enter.html", {"form": form}, status=422 if form.errors else 200)


def _number(request: HttpRequest) -> str:
    """Return the case of the page's ticket. Raises Refusal where it is spoiled or too old."""
    ticket = drafts.unseal(request.POST.get("ticket", ""), purpose=_PURPOSE, lasts=TICKET_SECONDS)
    if not ticket.get("case"):
        raise Refusal("no_ticket", _TOO_LONG)
    return ticket["case"][0]


def _page(request: HttpRequest, template: str, number: str, status: int = 200, **values: Any) -> HttpResponse:
    shown = {"number": number, "ticket": drafts.seal({"case": [number]}, purpose=_PURPOSE), **values}
    return render(request, f"survivors/{template}.html", shown, status=status)


def _status(request: HttpRequest, number: str, done: str = "") -> HttpResponse:
    view = queries.find_status(number)
    if view is None:
        raise Refusal("no_such_case", _TOO_LONG)
    values: dict[str, Any] = {"view": view, "counted": saying.counted(view.pictures, view.videos), "done": done}
    if view.support:
        values["support_words"] = rules.STATES[view.support.state]
        values["support_open"] = view.support.state in rules.MOVES
    return _page(request, "status", number, **values)


Act = Callable[[HttpRequest, str], HttpResponse]


def _with_ticket(request: HttpRequest, act: Act) -> HttpResponse:
    try:
        number = _number(request)
    except Refusal:
        form = forms.EnterForm()
        return render(request, "survivors/enter.html", {"form": form, "sentence": _TOO_LONG}, status=403)
    return act(request, number)


@_OWN
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """This function will show the case again."""
    return _with_ticket(request, _status)


@_OWN
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """This function will ask once more, then withdraw."""
    return _with_ticket(request, _withdraw)


def _withdraw(request: HttpRequest, number: str) -> HttpResponse:
    if request.POST.get("go") != "withdraw":
        return _page(request, "withdraw", number)
    service.withdraw(number=number, by=actor_of(request), now=clock.now())
    return _status(request, number, done="Your case is withdrawn. The hashes are off the list.")


@_OWN
@require_POST
def support(request: HttpRequest) -> HttpResponse:
    """This function will hand a case over to a support organisation, or take that back."""
    return _with_ticket(request, _support)


def _support(request: HttpRequest, number: str) -> HttpResponse:
    go, now = request.POST.get("go"), clock.now()
    organisations = partners.find_partners_with("SUPPORT", on=now.date())
    if go == "revoke":
        service.revoke_support(number=number, by=actor_of(request), now=now)
        return _status(request, number, done="Taken back. How to reach you is deleted here.")
    form = forms.SupportForm(request.POST if go == "send" else None, organisations=organisations)
    if go == "send" and form.is_valid() and (done := _asked(request, number, form)):
        return _status(request, number, done=done)
    shown = {"form": form, "organisations": organisations}
    return _page(request, "support", number, status=422 if form.errors else 200, **shown)


def _asked(request: HttpRequest, number: str, form: forms.SupportForm) -> str:
    told = form.cleaned_data
    reach = service.Reach(told["partner"], told["name"], told["contact"], told["when"], told["wants_news"])
    try:
        service.ask_support(number=number, reach=reach, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        if refusal.code == "asked_before":  # a second press, or the page loaded again: the case shows how it stands
            return refusal.sentence
        add_refusal(form, refusal)
        return ""
    return "Thank you. Somebody will be in touch, the way you said."


@_OWN
@require_POST
def wishes(request: HttpRequest) -> HttpResponse:
    """This function will seal whom the person trusts."""
    return _with_ticket(request, _wishes)


def _wishes(request: HttpRequest, number: str) -> HttpResponse:
    sent = request.POST.get("go") == "send"
    form = forms.WishesForm(request.POST if sent else None)
    if not sent or not form.is_valid():
        return _page(request, "wishes", number, status=422 if form.errors else 200, form=form)
    wanted = service.Wishes(**form.cleaned_data)
    try:
        service.keep_wishes(number=number, wishes=wanted, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, "wishes", number, status=422, form=form)
    is_kept = wanted.trusted_name.strip() or wanted.trusted_contact.strip()
    done = "Kept, sealed. Nobody can read it on this page, not even you." if is_kept else "Nobody is named here now."
    return _status(request, number, done=done)
