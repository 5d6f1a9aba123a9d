"""The public pages: start, tell (step by step), sent, come back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.receipt import grouped
from tipline.interfaces.public import brakes, forms, telling
from tipline.interfaces.ui import drafts
from tipline.interfaces.ui.gate import actor_of, open_to_all
from tipline.platform import clock
from tipline.stages.intake import service as intake

_TELL = open_to_all("anybody may tell what happened")
_BACK = open_to_all("whoever has the code may come back")
REVIEW = len(forms.STEPS)


@_TELL
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """This function will show the three doors."""
    return render(request, "public/start.html", {"about": list(forms.ABOUT.items())})


@_TELL
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, about: str) -> HttpResponse:
    """This function will walk through the steps; the answers travel in the page."""
    if about not in forms.ABOUT:
        raise Http404
    if request.method == "GET":
        return _step(request, about, 0, {})
    try:
        draft = drafts.unseal(request.POST.get("draft", ""))
    except Refusal as refusal:
        return render(request, "public/spoiled.html", {"sentence": refusal.sentence}, status=400)
    return _go(request, about, _number(request.POST.get("step", "0")), draft)


def _number(text: str) -> int:
    return min(int(text), REVIEW) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _go(request: HttpRequest, about: str, number: int, draft: drafts.Answers) -> HttpResponse:
    wish = request.POST.get("go", "next")
    if wish == "send" and number == REVIEW:
        return _send(request, about, draft)
    if number < REVIEW:
        draft = draft | _given(request, about, number)
        form = telling.bound(number, about, draft)
        if not form.is_valid():
            return _step(request, about, number, draft, form)
        if wish == "next" and form.cleaned_data.get("danger") == "yes":
            return _page(request, "public/danger.html", about, draft, step=number)
    return _step(request, about, _target(wish, number), draft)


def _target(wish: str, number: int) -> int:
    if wish == "back":
        return max(0, number - 1)
    if wish.startswith("to-"):
        return _number(wish.removeprefix("to-"))
    return number + 1


def _given(request: HttpRequest, about: str, number: int) -> drafts.Answers:
    fields = forms.STEPS[number](about=about).fields
    return {name: request.POST.getlist(name) for name in fields}


def _step(
    request: HttpRequest, about: str, number: int, draft: drafts.Answers, form: forms.Step | None = None
) -> HttpResponse:
    if number >= REVIEW:
        return _page(request, "public/review.html", about, draft, lines=telling.said_back(about, draft), step=REVIEW)
    if form is None:
        filled = set(forms.STEPS[number](about=about).fields) & set(draft)
        form = telling.bound(number, about, draft) if filled else forms.STEPS[number](about=about)
    return _page(request, "public/step.html", about, draft, form=form, step=number)


def _page(request: HttpRequest, template: str, about: str, draft: drafts.Answers, **values: Any) -> HttpResponse:
    shown = {"about": about, "draft": drafts.seal(draft), "steps": REVIEW, "shown_step": values["step"] + 1}
    form = values.get("form")
    return render(request, template, shown | values, status=422 if form is not None and form.errors else 200)


def _send(request: HttpRequest, about: str, draft: drafts.Answers) -> HttpResponse:
    now = clock.now()
    try:
        brakes.check_send(request)
        report = telling.report_of(about, draft, now)
        receipt = intake.open_from_public(report=report, now=now, by=actor_of(request))
    except ViolationError as refusal:
        return _again(request, about, draft, refusal.violations[0].advice)
    except Refusal as refusal:
        return _again(request, about, draft, refusal.sentence)
    threatened = {"pictures_threat", "money"} & set(draft.get("harms", []))
    return render(
        request,
        "public/sent.html",
        {"code": grouped(receipt.code).replace("-", " "), "is_threatened": bool(threatened)},
    )


def _again(request: HttpRequest, about: str, draft: drafts.Answers, sentence: str) -> HttpResponse:
    lines = telling.said_back(about, draft)
    return _page(request, "public/review.html", about, draft, lines=lines, step=REVIEW, sentence=sentence)


@_BACK
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """This function will show what became of a report to whoever has its code."""
    form = forms.CodeForm(request.POST or None, label_suffix="")
    if request.method != "POST" or not form.is_valid():
        return render(request, "public/back.html", {"form": form})
    try:
        brakes.check_code(request)
        view = intake.look(code=form.cleaned_data["code"], now=clock.now())
    except Refusal as refusal:
        form.add_error("code", refusal.sentence)
        return render(request, "public/back.html", {"form": form}, status=422)
    return _status(request, form.cleaned_data["code"], view)


def _status(request: HttpRequest, code: str, view: Any, **values: Any) -> HttpResponse:
    shown = {"view": view, "code": code, "facts": forms.FactsForm(label_suffix="")}
    return render(request, "public/status.html", shown | values)


@_BACK
@require_POST
def add_facts(request: HttpRequest) -> HttpResponse:
    """This function will take what a reporter adds, and show the status again."""
    code, form = request.POST.get("code", "")[:60], forms.FactsForm(request.POST, label_suffix="")
    try:
        brakes.check_code(request)
        if form.is_valid():
            intake.add_facts(code=code, words=form.cleaned_data["words"], now=clock.now())
        view = intake.look(code=code, now=clock.now())
    except Refusal as refusal:
        again = forms.CodeForm({"code": code}, label_suffix="")
        again.add_error("code", refusal.sentence)
        return render(request, "public/back.html", {"form": again}, status=422)
    return _status(request, code, view, added=form.is_valid(), **({} if form.is_valid() else {"facts": form}))
