"""A company's side of notices: the review page of a signed link, the same for programs, and a company's own list.

A wrong link, one that has ended and one of nobody answer alike. The reported address is shown in words alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web import answer_forms, brakes
from tipline.interfaces.ui.gate import actor_of, esp_of, open_to_all, origin_of, requires
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import COMPANY_READERS
from tipline.platform.audit.act import Act
from tipline.platform.audit.service import record
from tipline.programs.notices import own, service
from tipline.programs.notices.values import AnswerLine, OwnNotice
from tipline.reference.directory import queries as directory

_LINK = open_to_all("the signed link of a notice is the key to that one notice")
_COMPANY = requires(*COMPANY_READERS)
_ANSWERED = "Thank you. Your answer is with us."
_TAKEN_UP = timedelta(minutes=1)  # a job moves the case after an answer; until then the page would say what was


def _holder(request: HttpRequest, notice: OwnNotice) -> Actor:
    """Who holds a link is nobody's account: the recipient of that notice, from where it asks."""
    return Actor(ActorKind.ESP, f"notice-{notice.id}", origin=origin_of(request))


def _view(request: HttpRequest, by: Actor, notice: OwnNotice, page: str) -> None:
    record(Act(clock.now(), by, "notice.viewed", "notice", str(notice.reference), details={"page": page}))


def _found(request: HttpRequest, token: str) -> OwnNotice | None:
    if brakes.is_braked(request):
        raise Refusal("too_many", "Too many tries from your connection. Please wait an hour.")
    notice = own.find_by_link(token, now=clock.now())
    if notice is None:
        brakes.count_wrong(request)
    return notice


@_LINK
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponseBase:
    """This function will show the notice of a link, or take an answer to it."""
    with service.link_scope(token):
        try:
            notice = _found(request, token)
        except Refusal as refusal:
            return render(request, "429.html", {"sentence": refusal.sentence}, status=429)
        if notice is None:
            raise Http404
        back = reverse("esp_web:review", args=[token])
        return _answered_or_shown(request, notice, _holder(request, notice), back, "LINK")


def _answered_or_shown(request: HttpRequest, notice: OwnNotice, by: Actor, back: str, via: str) -> HttpResponseBase:
    opened: dict[str, Form] = {}
    if request.method == "POST":
        name = request.POST.get("answer", "")
        if name not in answer_forms.FORMS:
            raise Http404
        form = answer_forms.FORMS[name](request.POST, auto_id=f"{name}_%s")
        if form.is_valid() and _taken(notice, name, form, by, via):
            messages.info(request, _ANSWERED)
            return redirect(back)
        opened = {name: form}
    else:
        _view(request, by, notice, "review")
    return _page(request, notice, opened, is_link=via == "LINK")


def _taken(notice: OwnNotice, name: str, form: Form, by: Actor, via: str) -> bool:
    new = answer_forms.answer_of(name, form.cleaned_data, via)
    try:
        with transaction.atomic():
            service.give(notice_id=notice.id, new=new, by=by, now=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _is_being_taken_up(notice: OwnNotice, answers: tuple[AnswerLine, ...]) -> bool:
    if not answers or notice.standing not in ("OPEN", "ACKNOWLEDGED", "DISPUTED"):
        return False
    return answers[0].kind != notice.standing and clock.now() - answers[0].at < _TAKEN_UP


def _page(request: HttpRequest, notice: OwnNotice, opened: dict[str, Form], *, is_link: bool) -> HttpResponse:
    answers = own.list_answers(notice.id)
    shown: dict[str, Any] = {
        "notice": notice,
        "answers": answers,
        "is_being_taken_up": _is_being_taken_up(notice, answers),
        "forms": answer_forms.blank() | opened,
        "opened": next(iter(opened), ""),
        "has_ended": notice.standing in ("WITHDRAWN", "CLOSED"),
        "is_link": is_link,
    }
    if not is_link:
        shown |= {"company": directory.find_esp(esp_of(request) or 0), "at": {"notices": True}}
    template = "esp_web/review.html" if is_link else "esp_web/notice.html"
    return render(request, template, shown, status=400 if opened else 200)


@csrf_exempt  # a program brings no cookie: the link's token is the whole key
@_LINK
@require_http_methods(["GET", "POST"])
def review_json(request: HttpRequest, token: str) -> HttpResponse:
    """This function will show the notice of a link to a program, or take its answer."""
    with service.link_scope(token):
        try:
            notice = _found(request, token)
        except Refusal as refusal:
            return _refused(refusal, 429)
        if notice is None:
            return _refused(Refusal("no_notice", "There is no such notice, or its link has ended."), 404)
        by = _holder(request, notice)
        if request.method == "GET":
            _view(request, by, notice, "json")
            return JsonResponse(answer_forms.as_json(notice))
        if int(request.headers.get("Content-Length") or 0) > answer_forms.LARGEST_JSON:
            return _refused(Refusal("too_large", "The body is too large."), 413)
        try:
            new = answer_forms.from_json(request.body)
            with transaction.atomic():
                service.give(notice_id=notice.id, new=new, by=by, now=clock.now())
        except Refusal as refusal:
            return _refused(refusal, 400)
        return JsonResponse({"taken": True, "reference": notice.reference}, status=202)


def _refused(refusal: Refusal, status: int) -> JsonResponse:
    told = {"error": refusal.code, "field": refusal.field, "sentence": refusal.sentence}
    return JsonResponse(told, status=status)


@_COMPANY
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """This function will list the company's notices with its own time to removal."""
    esp_id = esp_of(request)
    if esp_id is None:
        raise Http404
    lines = own.list_own(esp_id=esp_id)
    by = actor_of(request)
    details: dict[str, str | int | bool] = {"list": "own", "count": len(lines)}
    with transaction.atomic():
        record(Act(clock.now(), by, "notice.listed", "list", "own", details=details))
    shown = {
        "company": directory.find_esp(esp_id),
        "at": {"notices": True},
        "lines": lines,
        "figures": own.count_own(esp_id=esp_id, now=clock.now()),
    }
    return render(request, "esp_web/notices.html", shown)


@_COMPANY
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show one of the company's notices, or take an answer to it."""
    esp_id = esp_of(request)
    notice = own.find_own(number, esp_id=esp_id) if esp_id is not None and number < 2**63 else None
    if notice is None:
        raise Http404
    with transaction.atomic():
        return _answered_or_shown(
            request, notice, actor_of(request), reverse("esp_web:notice", args=[number]), "LOG_IN"
        )
