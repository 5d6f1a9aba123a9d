"""The one kind of error that a caller can act on. Outages and bugs stay ordinary exceptions."""

from __future__ import annotations


class Refusal(Exception):
    """A request that the rules do not allow, with what the caller can do about it.

    `code` is stable and machine-readable, `sentence` is plain words for a person, `source` names the rule
    (statute section, specification) and `field` the input that has to change, where there is one.
    """

    def __init__(self, code: str, sentence: str, *, source: str = "", field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.source = source
        self.field = field
