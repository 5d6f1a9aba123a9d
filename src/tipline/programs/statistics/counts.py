"""The countings of a day as SQL over facts: one statement for each, whole days at a time. Data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counting:
    """One counting of reports: its name, the lines along which it is split, and where the lines come from.

    `source` is the FROM clause; `by` gives each line's SQL expression.
    """

    counts: str
    by: tuple[tuple[str, str], ...]
    source: str = "statistics_reportfact r"
    where: str = ""

    @property
    def kind(self) -> str:
        """The name under which its counts are kept."""
        return kind_of(self.counts, tuple(name for name, _ in self.by))


def kind_of(counts: str, lines: tuple[str, ...]) -> str:
    """This function will name a counting along some lines, whatever their order."""
    return f"{counts}:{'+'.join(sorted(lines))}"


_FLAGGED = "statistics_reportfact r CROSS JOIN LATERAL jsonb_array_elements_text(r.flags) AS f(flag)"
_NAMED = "statistics_reportfact r CROSS JOIN LATERAL jsonb_array_elements_text(r.countries) AS c(country)"
_GIVEN = "statistics_reportfact r CROSS JOIN LATERAL jsonb_array_elements_text(r.recipients) AS a(recipient)"
_SAID = "statistics_reportfact r CROSS JOIN LATERAL jsonb_array_elements(r.answers) AS a(answer)"


def _plain(*lines: str) -> Counting:
    return Counting("reports", tuple((line, f"r.{line}") for line in lines))


def _flagged(*lines: str) -> Counting:
    return Counting("reports", (("flag", "f.flag"), *((line, f"r.{line}") for line in lines)), _FLAGGED)


COUNTINGS: tuple[Counting, ...] = (
    _plain("type", "door"),
    Counting("reports", (("door", "r.door"), ("esp", "r.esp")), where="AND r.door = 'company'"),
    *(_plain(line) for line in ("user_country", "child_country", "priority", "disposition", "reached", "child_age")),
    *(_plain("type", line) for line in ("child_country", "child_age")),
    _flagged(),
    *(_flagged(line) for line in ("child_country", "child_age")),
    Counting("countries_named", (("country", "c.country"),), _NAMED),
    Counting("countries_named", (("country", "''"),), where="AND r.countries = '[]'::jsonb"),
    Counting("recipients", (("recipient", "a.recipient"), ("disposition", "r.disposition")), _GIVEN),
    Counting("answers", (("recipient", "a.answer ->> 0"), ("status", "a.answer ->> 1")), _SAID),
    Counting("files", (("kind", "r.kind"),), "statistics_filefact r"),
)

# Countings that do not add up over days: the same file, or the same viral event, may come again.
OF_PERIOD = {
    "files_by_digest": """
SELECT kind, '', count(DISTINCT digest) FROM statistics_filefact WHERE day BETWEEN %s AND %s GROUP BY kind
""",
    "files_by_look": """
SELECT kind, '', count(DISTINCT look) FROM statistics_filefact
WHERE day BETWEEN %s AND %s AND look IS NOT NULL GROUP BY kind
""",
    "incidents": """
SELECT 'single', '', count(*) FROM statistics_reportfact WHERE day BETWEEN %s AND %s AND bundle IS NULL
UNION ALL
SELECT 'viral', '', count(DISTINCT bundle) FROM statistics_reportfact WHERE day BETWEEN %s AND %s AND bundle IS NOT NULL
""",
}


def insertion(counting: Counting) -> str:
    """This function will write the statement that counts days, each by itself; it takes a list of them."""
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in sorted(counting.by))
    labels = f"jsonb_build_object({pairs})"
    grouped = ", ".join(["r.day", *(expression for _, expression in counting.by if expression != "''")])
    return (
        "INSERT INTO statistics_daycount (day, kind, split, labels, number, amount) "  # noqa: S608 (data of this file)
        f"SELECT r.day, '{counting.kind}', ({labels})::text, {labels}, count(*), 0 FROM {counting.source} "
        f"WHERE r.day = ANY(%s) {counting.where} GROUP BY {grouped}"
    )
