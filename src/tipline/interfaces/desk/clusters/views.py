"""The pages: all clusters with what is new of them, one cluster, and what a merge would make."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.clusters import pages
from tipline.interfaces.desk.clusters.acts import ACTS, FORMS, Act, Asked
from tipline.interfaces.desk.clusters.forms import OtherForm
from tipline.interfaces.desk.trail import Sight
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.interfaces.ui.paging import turns
from tipline.interfaces.ui.sent import add_refusal, number_in
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.stages.linking import people
from tipline.stages.linking import queries as linking
from tipline.stages.linking.queries import ClusterLine

_DESK = requires(Role.ANALYST, Role.SUPERVISOR)


def _show(request: HttpRequest, name: str, values: dict[str, Any], *, status: int = 200) -> HttpResponse:
    shown = {**frame(request, ""), "is_clusters": True, **values}
    return render(request, f"desk/clusters/{name}.html", shown, status=status)


def _require(number: int) -> ClusterLine:
    line = linking.find_cluster(number, now=clock.now()) if number < 2**62 else None
    if line is None:
        raise Http404
    return line


@_DESK
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """This function will list the clusters of a kind, and every alert that nobody has seen."""
    now, offset = clock.now(), number_in(request, "from")
    kind = request.GET.get("kind", "SUSPECT")
    kind = kind if kind in pages.KINDS else "SUSPECT"
    is_mine, by_size = request.GET.get("mine") == "on", request.GET.get("by") == "size"
    asked = linking.Asked(kind, actor_of(request).ident if is_mine else "", by_size)
    rows, total = linking.list_clusters(asked, now=now, offset=offset, size=pages.SIZE)
    trail.note(request, Sight("cluster.listed", "list", kind.lower()), count=len(rows))
    query = f"?kind={kind}{'&mine=on' if is_mine else ''}{'&by=size' if by_size else ''}"
    shown = {
        "rows": pages.with_agencies(rows),
        "alerts": [
            (one, pages.title(one.cluster), pages.alert_words(one.code, one.before, one.now))
            for one in linking.list_alerts(now=now)
        ],
        "kinds": pages.KINDS.items(),
        "kind": kind,
        "is_mine": is_mine,
        "by_size": by_size,
        "events": linking.count_events(),
        "page": turns(f"{reverse('desk:clusters')}{query}", total=total, offset=offset, size=pages.SIZE),
    }
    return _show(request, "list", shown)


@_DESK
@require_GET
def one(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show a cluster; of one that was merged, the page of what it is in now."""
    line = _require(number)
    if line.id != number:
        return redirect("desk:cluster", line.id)
    trail.note(request, Sight("cluster.viewed", "cluster", str(line.id)), page="cluster")
    return _page(request, line)


def _page(request: HttpRequest, line: ClusterLine, *, opened: str = "", form: Any = None) -> HttpResponse:
    part, start = request.GET.get("part", ""), number_in(request, "from")
    country, status = request.GET.get("country"), request.GET.get("status", "")
    chosen = pages.Chosen(
        members_from=start if part == "members" else 0,
        children_from=start if part == "children" else 0,
        country=country[:2].upper() if country is not None else None,
        status=status if status in pages.CHILD_WORDS else "",
    )
    url = reverse("desk:cluster", args=[line.id])
    made = {name: form if name == opened else one(auto_id=f"{name}_%s") for name, one in FORMS.items()}
    made["name"] = form if opened == "name" else FORMS["name"](initial={"name": line.name}, auto_id="name_%s")
    shown = {
        **pages.build(line, chosen, url, clock.now()),
        "forms": {name.replace("-", "_"): one for name, one in made.items()},
        "opened": opened,
        "other_form": OtherForm(),
        "is_mine": line.owner == actor_of(request).ident,
    }
    return _show(request, "cluster", shown, status=422 if opened else 200)


@_DESK
@require_POST
def act(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will do one act on a cluster."""
    line, chosen = _require(number), ACTS.get(name)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST, auto_id=f"{name}_%s") if chosen.form else None
    if form is not None and not form.is_valid():
        return _page(request, line, opened=name, form=form)
    try:
        _do(request, line, chosen, form)
    except Refusal as refusal:
        if form is not None and refusal.field in form.fields:
            add_refusal(form, refusal)
            return _page(request, line, opened=name, form=form)
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, chosen.done)
    return redirect("desk:clusters") if request.POST.get("back") == "list" else redirect("desk:cluster", line.id)


def _do(request: HttpRequest, line: ClusterLine, chosen: Act, form: Any) -> None:
    data = form.cleaned_data if form is not None else request.POST
    chosen.do(Asked(line.id, data, actor_of(request), clock.now()))


@_DESK
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show what a merge would make, and by POST merge the smaller cluster into the larger one."""
    line = _require(number)
    form = OtherForm(request.POST if request.method == "POST" else request.GET)
    other = linking.find_cluster(form.cleaned_data["other"], now=clock.now()) if form.is_valid() else None
    if other is None or other.id == line.id:
        messages.warning(request, "There is no other cluster with this number.")
        return redirect("desk:cluster", line.id)
    into, child = sorted((line, other), key=lambda one: (-one.size, one.id))
    if request.method == "POST":
        try:
            people.merge(cluster_id=child.id, into_id=into.id, by=actor_of(request), now=clock.now())
        except Refusal as refusal:
            messages.warning(request, refusal.sentence)
            return redirect("desk:cluster", line.id)
        messages.success(request, "They are one now. It can be taken back on this page.")
        return redirect("desk:cluster", into.id)
    trail.note(request, Sight("cluster.viewed", "cluster", str(other.id)), page="merge")
    shown = {"line": line, "other": other, "into": into, "child": child, **pages.preview(into, child)}
    return _show(request, "merge", shown)
