"""The pages of the form: start, steps, what interrupts them, review, sent.

Every button's answer is a redirection to a page with an address of its own. So the browser's "back" leads to the
step before, and a reloaded page sends nothing.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.receipt import grouped
from tipline.interfaces.public import brakes, drafts, forms, telling
from tipline.interfaces.public.returning import add_facts, come_back
from tipline.interfaces.ui.gate import actor_of, open_to_all
from tipline.interfaces.ui.sealing import Answers
from tipline.interfaces.ui.words import LEAVE_TO
from tipline.platform import clock
from tipline.platform.config import settings
from tipline.platform.processes.addresses import addresses_of
from tipline.reference.directory.helplines import list_crisis_lines
from tipline.stages.intake import service as intake

__all__ = ["add_facts", "come_back", "crisis", "danger", "leave", "review", "sent", "start", "step", "tell"]

_TELL = open_to_all("anybody may tell what happened")
STEPS = len(forms.STEPS)
_SPOILED = "This page has been open for too long, or was left. Nothing was sent."


@_TELL
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """This function will show the three doors."""
    return render(request, "public/start.html", {"about": list(forms.ABOUT.items())})


@_TELL
@require_GET
def tell(request: HttpRequest, about: str) -> HttpResponseBase:
    """This function will begin a draft."""
    if about not in forms.ABOUT:
        raise Http404
    handle = drafts.new_handle()
    answer = redirect("public:step", about, handle, 1)
    if drafts.is_crowded(request):
        drafts.forget(request, answer)
    drafts.keep(request, answer, handle, drafts.new())
    return answer


# "Leave now" may come from a script while the page is being left, without a token. All it can do is to empty the
# visitor's own browser, and no other site's request carries the cookies (SameSite=Strict).
@csrf_exempt
@_TELL
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponseBase:
    """This function will take every draft out of the browser and lead away; home after a receipt was written down."""
    answer: HttpResponse = HttpResponse(status=204)
    if request.method == "GET":
        answer = HttpResponseRedirect(LEAVE_TO)
    elif request.POST.get("go") == "home":
        answer = redirect("public:start")
    drafts.forget(request, answer)
    return answer


class _Visit:
    """One request about one draft; `draft` is None where the browser holds none that can be opened."""

    def __init__(self, request: HttpRequest, about: str, handle: str) -> None:
        if about not in forms.ABOUT:
            raise Http404
        self.request, self.about, self.handle = request, about, handle
        self.draft = drafts.load(request, handle)

    @property
    def is_sent(self) -> bool:
        return self.draft is not None and "sent" in self.draft

    def to(self, page: str, *args: object, keep: Answers | None = None) -> HttpResponseBase:
        answer = redirect(f"public:{page}", self.about, self.handle, *args)
        if keep is not None:
            drafts.keep(self.request, answer, self.handle, keep)
        return answer

    def page(self, template: str, **values: Any) -> HttpResponse:
        shown = {"about": self.about, "handle": self.handle, "steps": STEPS, "is_me": self.about == forms.ME}
        return render(self.request, f"public/{template}.html", shown | values)

    def spoiled(self) -> HttpResponse:
        return render(self.request, "public/spoiled.html", {"sentence": _SPOILED}, status=400)


@_TELL
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, about: str, handle: str, number: int) -> HttpResponseBase:
    """This function will show one step, or take its answers and lead on."""
    visit = _Visit(request, about, handle)
    if not 1 <= number <= STEPS:
        raise Http404
    if visit.is_sent:
        return visit.to("sent")
    if request.method == "POST":
        return _answered(visit, number)
    return visit.spoiled() if visit.draft is None else _shown(visit, number, visit.draft)


def _shown(visit: _Visit, number: int, draft: Answers, sentence: str = "") -> HttpResponse:
    kind = forms.STEPS[number - 1]
    is_filled = not set(kind(about=visit.about).fields).isdisjoint(draft)
    form = telling.bound(number - 1, visit.about, draft) if is_filled else kind(about=visit.about)
    if sentence:
        form.add_error(None, sentence)
    return visit.page("step", form=form, step=number, is_lost="lost" in draft)


def _answered(visit: _Visit, number: int) -> HttpResponseBase:
    # Answers that came too late are lost; what was written just now is not.
    draft = visit.draft if visit.draft is not None else {**drafts.new(), "lost": ["yes"]}
    draft = {**draft, **_given(visit, number)}
    form = telling.bound(number - 1, visit.about, draft)
    wish = visit.request.POST.get("go", "next")
    try:
        if wish == "back" and number > 1:
            return visit.to("step", number - 1, keep=draft)
        if not form.is_valid():
            return visit.to("step", number, keep=draft)
        page, where = _next(number, form.cleaned_data)
        return visit.to(page, *where, keep=draft)
    except Refusal as refusal:
        return _shown(visit, number, draft, refusal.sentence)


def _given(visit: _Visit, number: int) -> Answers:
    fields = forms.STEPS[number - 1](about=visit.about).fields
    return {name: visit.request.POST.getlist(name) for name in fields}


def _next(number: int, answers: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    if answers.get("danger") in {"yes", "unsure"}:
        return "danger", ()
    if "self_harm" in answers.get("harms", ()):
        return "crisis", ()
    return ("step", (number + 1,)) if number < STEPS else ("review", ())


@_TELL
@require_GET
def danger(request: HttpRequest, about: str, handle: str) -> HttpResponseBase:
    """This function will interrupt the form where somebody is, or may be, in danger now."""
    visit = _Visit(request, about, handle)
    if visit.draft is None or visit.is_sent:
        return visit.to("sent")
    return visit.page("danger", is_unsure=visit.draft.get("danger") == ["unsure"])


@_TELL
@require_GET
def crisis(request: HttpRequest, about: str, handle: str) -> HttpResponseBase:
    """This function will interrupt the form where somebody thinks about harming themselves."""
    visit = _Visit(request, about, handle)
    if visit.draft is None or visit.is_sent:
        return visit.to("sent")
    return visit.page("crisis", lines=list_crisis_lines())


@_TELL
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, about: str, handle: str) -> HttpResponseBase:
    """This function will say back what is to be sent, or send it."""
    visit = _Visit(request, about, handle)
    if visit.is_sent:
        return visit.to("sent")
    if visit.draft is None:
        return visit.spoiled()
    if request.method == "POST":
        return visit.to("step", STEPS) if request.POST.get("go") == "back" else _send(visit, visit.draft)
    return visit.page(
        "review",
        lines=telling.said_back(about, visit.draft),
        is_empty=telling.is_empty(about, visit.draft),
        sentence="".join(visit.draft.get("sentence", ())),
        step_of_words=telling.STEP_OF_WORDS,
        crisis_lines=_crisis_lines(visit.draft),
    )


def _crisis_lines(draft: Answers) -> tuple[Any, ...]:
    return list_crisis_lines() if "self_harm" in draft.get("harms", ()) else ()


def _send(visit: _Visit, draft: Answers) -> HttpResponseBase:
    now = clock.now()
    try:
        report = telling.report_of(visit.about, draft, now)
        # A second sending of the same draft is no further report, and is not counted as one.
        if intake.find_sent(once=report.once, now=now) is None:
            brakes.check_send(visit.request)
        receipt = intake.open_from_public(report=report, now=now, by=actor_of(visit.request))
    except ViolationError as refusal:
        return visit.to("review", keep={**draft, "sentence": [refusal.violations[0].advice]})
    except Refusal as refusal:
        return visit.to("review", keep={**draft, "sentence": [refusal.sentence]})
    return visit.to("sent", keep={"sent": [receipt.code], "harms": draft.get("harms", [])})


@_TELL
@require_GET
def sent(request: HttpRequest, about: str, handle: str) -> HttpResponseBase:
    """This function will show the receipt code, as often as the page is loaded while the browser holds it."""
    visit = _Visit(request, about, handle)
    if visit.draft is None or not visit.is_sent:
        return visit.page("already") if visit.draft is None else visit.to("review")
    return visit.page(
        "sent",
        code=grouped(visit.draft["sent"][0]).replace("-", " "),
        is_threatened=not {"pictures_threat", "money"}.isdisjoint(visit.draft["harms"]),
        crisis_lines=_crisis_lines(visit.draft),
        take_down=_take_down(),
    )


def _take_down() -> str:
    """Our own door; where no address of it is set, the national service with the same promise."""
    found = settings()
    own = found.survivors_origin or ("" if found.production else addresses_of(found).survivors)
    return own or "https://takeitdown.ncmec.org/"
