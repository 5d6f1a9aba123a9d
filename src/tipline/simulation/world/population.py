"""The population at work: actors arrive, act once or often, and each act becomes a report, in the order of time.

Only those who will act again are held, so that ten million reports need no more memory than those who are about.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tipline.domain.answers import Answers
from tipline.domain.report import Source
from tipline.simulation.world import events
from tipline.simulation.world.atlas import Atlas, documentation_atlas
from tipline.simulation.world.chance import Draw, Weighted, chance_of
from tipline.simulation.world.company import company_document
from tipline.simulation.world.events import Picture
from tipline.simulation.world.people import Crowd
from tipline.simulation.world.public import public_document
from tipline.simulation.world.scene import FLOOD, ORDINARY, VIRAL, Plan, Scene, true_place
from tipline.simulation.world.values import Made, MadeFile, MadeReport, Truth
from tipline.simulation.world.words import SITUATIONS
from tipline.simulation.year import YearTables

START = datetime(2025, 1, 1, tzinfo=UTC)
NOTHING = Answers()
YEAR = timedelta(days=365)
FIRST_NUMBER = 1_000_000
# Of the reports of material: what is viral, and what is a flood of accounts of one sender.
OF_VIRAL, OF_FLOODS, A_FLOOD = 0.34, 0.015, 80
ANCHOR, ANCHOR_REPORTS, ANCHOR_CHILDREN = 1 / 150, 60, 350
AGAIN_DAYS = 30.0
SAME_COMPANY, URGENT_AGAIN = 0.75, 0.7
# Whose reports are urgent, in shares of all that are. Source: none is published; ours.
_URGENT = {
    "csam": 0.48,
    "enticement": 0.35,
    "molestation": 0.08,
    "trafficking": 0.07,
    "tourism": 0.01,
    "unsolicited": 0.01,
}
# Public reports by kind, so that the whole has the published share of them.
_PUBLIC_CSAM, _WITH_CHILD = 0.0045, {"csam": 0.02, "misleading_domain": 0.0, "misleading_words": 0.0}


@dataclass(frozen=True, slots=True)
class _Mean:
    """How often actors act: once with a chance, else so many times at the mean."""

    once: float
    more: float

    @property
    def reports(self) -> float:
        return self.once + (1 - self.once) * (2 + self.more)


_CSAM, _OTHER = _Mean(0.70, 1.0), _Mean(0.5, 2.0)


class World:
    """A reproducible population and its reports: `size` of them over a year, in the order in which they came.

    `tables` are what the world follows; without an atlas people live at documentation addresses.
    """

    def __init__(self, *, size: int, seed: int, tables: YearTables, atlas: Atlas | None = None) -> None:
        self._size, self._seed = size, seed
        total = tables.total()
        self._atlas = atlas or documentation_atlas(tuple(code for code in tables.by_country if code))
        at_home = {code: count for code, count in tables.by_country.items() if code in self._atlas.towns}
        self._crowd = Crowd(seed, self._atlas, Weighted(at_home))
        self._esps = Weighted(tables.by_esp)
        self._placeless = tables.by_country.get("", 0) / total
        self._share = {kind: count / total for kind, count in tables.by_type.items()}
        self._urgent_share = tables.urgent / total
        self._public = self._public_shares(tables.public / total)
        self._styles = Weighted(self._style_weights())

    def reports(self) -> Iterator[Made]:
        """This function will make the reports one by one."""
        again: list[tuple[int, int, int, int]] = []  # due at which position, who, for which time, the last report
        actors = 0
        for position in range(self._size):
            if again and again[0][0] <= position:
                _, index, turn, last = heapq.heappop(again)
            else:
                index, turn, last = actors, 0, 0
                actors += 1
            plan = self._plan(index)
            if turn + 1 < plan.reports:
                heapq.heappush(again, (position + self._pause(plan, turn), index, turn + 1, FIRST_NUMBER + position))
            yield self._made(self._scene(position, plan, turn, last))

    def _style_weights(self) -> dict[str, float]:
        """Of actors of each kind and style, so that reports come out in the published shares."""
        csam = self._share["csam"]
        found = {
            f"csam {VIRAL}": csam * OF_VIRAL,
            f"csam {FLOOD}": csam * OF_FLOODS / A_FLOOD,
            f"csam {ORDINARY}": csam * (1 - OF_VIRAL - OF_FLOODS) / _CSAM.reports,
        }
        for kind, share in self._share.items():
            if kind != "csam":
                anchor = ANCHOR * (ANCHOR_REPORTS - _OTHER.reports) if kind == "enticement" else 0.0
                found[f"{kind} {ORDINARY}"] = share / (_OTHER.reports + anchor)
        return found

    def _public_shares(self, wanted: float) -> dict[str, float]:
        rest = 1 - self._share["csam"]
        other = max(0.0, (wanted - self._share["csam"] * _PUBLIC_CSAM) / rest)
        return {kind: _PUBLIC_CSAM / (1 - OF_VIRAL - OF_FLOODS) if kind == "csam" else other for kind in self._share}

    def _plan(self, index: int) -> Plan:
        chance = chance_of(self._seed, Draw.ORDER, index)
        kind, _, style = self._styles.pick(chance).partition(" ")
        reports = self._count(chance, kind, style)
        is_anchor = kind == "enticement" and reports == ANCHOR_REPORTS
        children = ANCHOR_CHILDREN if is_anchor else 1 + int(chance.expovariate(0.8)) * (kind == "enticement")
        ordinary = 1 - OF_VIRAL - OF_FLOODS if kind == "csam" else 1.0
        danger = self._urgent_share * _URGENT.get(kind, 0.0) / self._share[kind] / ordinary / URGENT_AGAIN
        is_urgent = style == ORDINARY and chance.random() < danger
        return Plan(index, kind, style, reports, children, chance.choice(SITUATIONS) if is_urgent else "")

    def _count(self, chance: random.Random, kind: str, style: str) -> int:
        if style != ORDINARY:
            return A_FLOOD if style == FLOOD else 1
        if kind == "enticement" and chance.random() < ANCHOR:
            return ANCHOR_REPORTS
        mean = _CSAM if kind == "csam" else _OTHER
        if chance.random() < mean.once:
            return 1
        more, goes_on = 0, mean.more / (1 + mean.more)
        while more < 40 and chance.random() < goes_on:
            more += 1
        return 2 + more

    def _pause(self, plan: Plan, turn: int) -> int:
        chance = chance_of(self._seed, Draw.ORDER, plan.index, turn + 1)
        days = 0.3 if plan.style == FLOOD else chance.expovariate(1 / AGAIN_DAYS)
        return 1 + int(days * self._size / 365)

    def _made(self, scene: Scene) -> Made:
        is_public = scene.plan.style == ORDINARY and scene.odds(self._public[scene.plan.kind])
        if is_public:
            files: tuple[MadeFile, ...] = ()
            document, answers = public_document(scene)
        else:
            (document, files), answers = company_document(scene), NOTHING
        source = Source.PUBLIC_FORM if is_public else Source.ESP_API
        esp = "" if is_public else scene.esp
        report = MadeReport(scene.number, scene.at, source, esp, document, answers, files)
        return Made(report, _truth(scene))

    def _scene(self, position: int, plan: Plan, turn: int, last: int) -> Scene:
        chance = chance_of(self._seed, Draw.REPORT, plan.index, turn)
        person = self._crowd.person(plan.index)
        at = START + YEAR * (position / self._size) + timedelta(seconds=chance.randrange(50))
        event = events.drawn_event(chance, self._seed, position) if plan.style == VIRAL else None
        first = chance_of(self._seed, Draw.ORDER, plan.index, 0)
        home_esp = self._esps.pick(first)
        scene = Scene(
            number=FIRST_NUMBER + position,
            at=at.replace(microsecond=0),
            plan=plan,
            person=person,
            esp=home_esp
            if turn == 0 or plan.style == FLOOD or chance.random() < SAME_COMPANY
            else self._esps.pick(chance),
            child=None,
            urgent=bool(plan.situation) and (chance.random() < URGENT_AGAIN),
            has_place=chance.random() >= self._placeless,
            event=event,
            pictures=(),
            priors=(last,) if last else (),
            chance=chance,
            turn=turn,
        )
        self._with_children(scene)
        scene.pictures = tuple(self._pictures(scene, position))
        return scene

    def _with_children(self, scene: Scene) -> None:
        plan, chance = scene.plan, scene.chance
        if plan.style != ORDINARY or not (scene.urgent or chance.random() < _WITH_CHILD.get(plan.kind, 0.85)):
            return
        each = max(1, plan.children // plan.reports)
        first = plan.index * 1_000
        places = {(scene.turn * each + step) % plan.children for step in range(each)}
        scene.children = tuple(first + place for place in sorted(places))
        scene.child = self._crowd.child(scene.children[0], scene.person.home)

    def _pictures(self, scene: Scene, position: int) -> Iterator[Picture]:
        plan, chance = scene.plan, scene.chance
        if scene.event is not None:
            yield events.viral_picture(chance, self._seed, scene.event, position)
        elif plan.kind == "csam":
            for _ in range(1 + min(3, int(chance.expovariate(1.2)))):
                if chance.random() < 0.25:
                    yield events.traded_picture(chance, self._seed)
                else:
                    fresh = scene.turn * 8 + chance.randrange(8)
                    yield events.own_picture(self._seed, plan.index, 0 if chance.random() < 0.2 else fresh)


def _truth(scene: Scene) -> Truth:
    event = f"event:{scene.event.index}" if scene.event else ""
    group = event or f"{'flood' if scene.plan.style == FLOOD else 'offender'}:{scene.plan.index}"
    return Truth(
        number=scene.number,
        group=group,
        offender=scene.plan.index,
        children=scene.children,
        event=event,
        kind=scene.plan.kind,
        urgent=scene.urgent,
        situation=scene.situation,
        offender_place=true_place(scene.person.home),
        child_place=true_place(scene.child.home if scene.child else None),
        shown=tuple(scene.shown),
        told=tuple(dict.fromkeys(scene.told)),
    )
