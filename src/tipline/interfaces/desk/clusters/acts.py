"""What can be done on a cluster's page: one form and one call of the service each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.interfaces.desk.clusters import forms
from tipline.programs.identification import rosters
from tipline.stages.linking import people


@dataclass(frozen=True, slots=True)
class Asked:
    """One act: on which cluster, with what, by whom and when."""

    cluster: int
    data: Mapping[str, Any]
    by: Actor
    now: datetime

    def row(self) -> int:
        """The row that the page's button names. Raises Refusal where it is none."""
        text = str(self.data.get("row", ""))
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Refusal("no_such_row", "This is gone already. Nothing was changed.")
        return int(text)


@dataclass(frozen=True, slots=True)
class Act:
    """A form of the page, the words afterwards, and what it does."""

    form: Callable[..., Any] | None
    done: str
    do: Callable[[Asked], Any]


def _who(asked: Asked) -> dict[str, Any]:
    return {"by": asked.by, "now": asked.now}


def _roster(asked: Asked) -> int:
    found = rosters.find_roster(asked.row())
    if found is None:
        raise Refusal("no_such_roster", "There is no such roster. Nothing was changed.", field="row")
    return found.id


ACTS: Mapping[str, Act] = {
    "take": Act(None, "It is yours now.", lambda a: people.own(cluster_id=a.cluster, owner=a.by.ident, **_who(a))),
    "let-go": Act(None, "It is nobody's now.", lambda a: people.own(cluster_id=a.cluster, owner="", **_who(a))),
    "hand-over": Act(
        forms.HandOverForm,
        "It is handed over.",
        lambda a: people.own(cluster_id=a.cluster, owner=a.data["owner"], **_who(a)),
    ),
    "name": Act(
        forms.NameForm, "The name is kept.", lambda a: people.name(cluster_id=a.cluster, text=a.data["name"], **_who(a))
    ),
    "add": Act(
        forms.NumberForm,
        "The report is in.",
        lambda a: people.add_report(cluster_id=a.cluster, number=a.data["number"], **_who(a)),
    ),
    "remove": Act(
        None,
        "The report is out. The machine will not put it back.",
        lambda a: people.remove_report(cluster_id=a.cluster, number=a.row(), **_who(a)),
    ),
    "unmerge": Act(
        None,
        "The two stand apart again, as before. The machine will not join them.",
        lambda a: people.unmerge(cluster_id=a.row(), **_who(a)),
    ),
    "apart": Act(None, "They stay apart.", lambda a: people.keep_apart(proposal_id=a.row(), **_who(a))),
    "seen": Act(None, "Noted that you saw it.", lambda a: people.see_alert(alert_id=a.row(), **_who(a))),
    "add-roster": Act(
        None,
        "The roster is laid to this cluster.",
        lambda a: people.add_roster(cluster_id=a.cluster, roster_id=_roster(a), **_who(a)),
    ),
    "remove-roster": Act(
        None,
        "The roster is taken from this cluster.",
        lambda a: people.remove_roster(cluster_id=a.cluster, roster_id=a.row(), **_who(a)),
    ),
}
FORMS = {name: act.form for name, act in ACTS.items() if act.form is not None}
