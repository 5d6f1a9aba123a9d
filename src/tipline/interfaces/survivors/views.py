"""The way to a case: who asks, where it is, hashes from the device, one promise, number and PIN."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.errors import Refusal
from tipline.interfaces.survivors import drafts, forms, saying
from tipline.interfaces.ui.gate import actor_of, open_to_all
from tipline.interfaces.ui.sealing import Answers
from tipline.platform import clock
from tipline.programs.survivors import rules, service
from tipline.programs.survivors.service import NewCase

_ASK = open_to_all("anybody who is in a picture may ask to have it found and taken down")
_READ = open_to_all("help is for everybody")
_PURPOSE = "survivor-draft"
WHERE, FILES, CONFIRM = range(3)
Draft = Answers
# The page that holds the files can reach no other address at all, whatever its scripts would want to.
_NO_CONNECTION = csp_replace({"connect-src": ["'none'"]})


@_READ
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """This function will show what this is, and ask who somebody is."""
    return render(request, "survivors/start.html", {"whom": saying.DOORS})


@_READ
@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """This function will say what this can and cannot do."""
    return render(request, "survivors/limits.html")


@_READ
@require_GET
def help_lines(request: HttpRequest) -> HttpResponse:
    """This function will show who helps, by country."""
    return render(request, "survivors/help.html", saying.help_lines())


@_ASK
@_NO_CONNECTION  # type: ignore[arg-type]  # its types know views without arguments alone
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, whom: str) -> HttpResponse:
    """This function will walk through the steps; the answers travel in the page."""
    if whom not in rules.FOR_WHOM:
        raise Http404
    if request.method == "GET":
        return _show(request, whom, drafts.new(), WHERE, forms.WhereForm())
    try:
        draft = drafts.unseal(request.POST.get("draft", ""), purpose=_PURPOSE)
    except Refusal as refusal:
        return render(request, "survivors/spoiled.html", {"sentence": refusal.sentence}, status=400)
    return _go(request, whom, draft, request.POST.get("step", "0"))


def _go(request: HttpRequest, whom: str, draft: Draft, step: str) -> HttpResponse:
    if request.POST.get("go") == "back":
        return _show(request, whom, draft, *_before(step, draft, whom))
    if step == str(CONFIRM):
        return _open(request, whom, draft)
    return _take_files(request, whom, draft) if step == str(FILES) else _take_where(request, whom, draft)


def _before(step: str, draft: Draft, whom: str) -> tuple[int, Any]:
    if step == str(CONFIRM):
        return FILES, forms.HashesForm()
    return WHERE, forms.WhereForm({name: draft.get(name, []) for name in ("platforms",)} | _one(draft, "known_where"))


def _one(draft: Draft, name: str) -> dict[str, Any]:
    return {name: (draft.get(name) or [""])[0]}


def _take_where(request: HttpRequest, whom: str, draft: Draft) -> HttpResponse:
    form = forms.WhereForm(request.POST)
    if not form.is_valid():
        return _show(request, whom, draft, WHERE, form)
    told = {"known_where": [form.cleaned_data["known_where"]], "platforms": form.cleaned_data["platforms"]}
    return _show(request, whom, draft | told, FILES, forms.HashesForm())


def _take_files(request: HttpRequest, whom: str, draft: Draft) -> HttpResponse:
    if request.POST.get("go") == "drop":
        return _show(request, whom, {**draft, "hashes": []}, FILES, forms.HashesForm())
    form = forms.HashesForm(request.POST)
    form.is_valid()
    given, kept = form.cleaned_data.get("hashes", ""), _hashes(draft)
    try:
        hashes = kept if kept and not given else rules.join_hashes(kept, rules.read_hashes(given))
    except Refusal as refusal:
        again = forms.HashesForm()
        return _show(request, whom, draft, FILES, again, sentence=refusal.sentence)
    return _show(request, whom, draft | {"hashes": [rules.write_hashes(hashes)]}, CONFIRM, forms.ConfirmForm(whom=whom))


def _hashes(draft: Draft) -> tuple[rules.Hashed, ...]:
    return rules.read_hashes(draft["hashes"][0]) if draft.get("hashes") else ()


def _open(request: HttpRequest, whom: str, draft: Draft) -> HttpResponse:
    form = forms.ConfirmForm(request.POST, whom=whom)
    if not form.is_valid():
        return _show(request, whom, draft, CONFIRM, form)
    try:
        opened = service.open_case(new=_new(whom, draft, form), by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        form.add_error("pin" if refusal.field == "pin" else None, refusal.sentence)
        return _show(request, whom, draft, CONFIRM, form)
    values = {"number": opened.number, "pin": opened.pin, "chosen": bool(form.cleaned_data["pin"].strip())}
    return render(request, "survivors/done.html", values)


def _new(whom: str, draft: Draft, form: forms.ConfirmForm) -> NewCase:
    return NewCase(
        for_whom=whom,
        hashes=rules.read_hashes(_one(draft, "hashes")["hashes"]),
        known_where=_one(draft, "known_where")["known_where"],
        platforms=tuple(draft.get("platforms", [])),
        pin=form.cleaned_data["pin"],
        once=_one(draft, "once")["once"],
    )


_TEMPLATES = {WHERE: "where", FILES: "files", CONFIRM: "confirm"}


def _show(request: HttpRequest, whom: str, draft: Draft, step: int, form: Any, **more: str) -> HttpResponse:
    values = {
        "whom": whom,
        "form": form,
        "step": step,
        "shown_step": step + 1,
        "draft": drafts.seal(draft, purpose=_PURPOSE),
        "most_files": rules.MOST_FILES - len(_hashes(draft)),
        **more,
        **saying.confirmed(draft, step != WHERE),
    }
    status = 422 if more or (form.is_bound and form.errors) else 200
    return render(request, f"survivors/{_TEMPLATES[step]}.html", values, status=status)
