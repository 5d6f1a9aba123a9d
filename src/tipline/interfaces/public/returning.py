"""The pages of whoever comes back with a receipt code: status, and adding to the report."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.public import brakes, forms
from tipline.interfaces.ui.gate import open_to_all
from tipline.platform import clock
from tipline.stages.intake import service as intake

_BACK = open_to_all("whoever has the code may come back")


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
