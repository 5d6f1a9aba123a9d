"""What the desk calls things: lists, states, sources, moves. Pure."""

from __future__ import annotations

from tipline.domain.findings import BestPlace, PlaceFound, RankedPlace
from tipline.domain.report import IdentifierKind, ReportHead, Source
from tipline.domain.states import ReferralState, ReportState
from tipline.domain.vocabulary import HOLD_REASONS, REASON_BY_CODE
from tipline.interfaces.ui.words import thin

STATE_WORDS = {
    ReportState.RECEIVED: "Received, files are being sealed",
    ReportState.SECURED: "Files sealed, places are being looked up",
    ReportState.ENRICHED: "Places looked up, links are being sought",
    ReportState.LINKED: "Links known, is being scored",
    ReportState.SCORED: "Waits for a decision",
    ReportState.TRIAGED: "Decided, agencies are being chosen",
    ReportState.ROUTED: "Agencies chosen, packages are being made",
    ReportState.MADE_AVAILABLE: "Made available to agencies",
    ReportState.CLOSED: "Closed",
    ReportState.PURGED: "Content destroyed at the end of retention",
}
REFERRAL_WORDS = {
    ReferralState.PREPARED: "being prepared",
    ReferralState.MADE_AVAILABLE: "not opened yet",
    ReferralState.OPENED: "opened",
    ReferralState.ANSWERED: "answered",
}
KIND_WORDS = {
    IdentifierKind.EMAIL: "E-mail address",
    IdentifierKind.PHONE: "Telephone number",
    IdentifierKind.HANDLE: "Handle",
    IdentifierKind.ESP_ACCOUNT: "Account id",
    IdentifierKind.IP: "IP address",
    IdentifierKind.DEVICE: "Device",
    IdentifierKind.URL: "Address on the web",
    IdentifierKind.GROUP: "Group",
    IdentifierKind.WALLET: "Wallet",
    IdentifierKind.NAME: "Name",
    IdentifierKind.FILE_SHA256: "File digest",
}
ROLE_WORDS = {
    "SUSPECT": "suspect",
    "RECIPIENT": "child",
    "VICTIM": "child",
    "REPORTER": "reporter",
    "CONTACT": "contact found with the suspect",
    "INCIDENT": "incident",
}
LANGUAGES = {"en": "English", "es": "Spanish"}
URGENT_TAGS = frozenset(
    {"danger now", "contact today", "meeting", "self-harm", "hands-on", "escalated", "live", "sadistic", "threat"}
)
WIDEST_CIRCLE_KM = 3000
_CHANCES = ((0.4, "nearly as likely"), (0.15, "less likely"), (0.03, "unlikely"), (0.0, "very unlikely"))
_SOURCES = {
    Source.PUBLIC_FORM: "web form",
    Source.HOTLINE: "telephone",
    Source.SURVIVOR: "survivor",
    Source.PARTNER: "partner hotline",
}
_MOVES = {
    "opened": "Begun",
    "finished": "Received in full",
    "secured": "Files sealed",
    "enriched": "Places looked up",
    "linked": "Links sought",
    "scored": "Scored",
    "judged": "The decision counts",
    "routed": "Agencies chosen",
    "out_of_scope": "Closed: out of scope",
    "released": "Released from hold",
    "purged": "Content destroyed",
}


def source_words(head: ReportHead) -> str:
    """This function will name the door of a report, or the company behind it."""
    return _SOURCES.get(head.source) or head.esp_name or "company"


def move_words(code: str, to_state: str) -> str:
    """This function will say what an entry of the journal means."""
    if code.startswith("hold:"):
        return f"Put on hold: {hold_words(code.removeprefix('hold:')).lower()}"
    return _MOVES.get(code) or to_state.replace("_", " ").capitalize()


def hold_words(reason: str) -> str:
    """This function will say why a report is on hold."""
    machine = {
        "outage": "A part of the house could not be reached",
        "bug": "A step failed in a way nobody foresaw",
    }
    return HOLD_REASONS.get(reason) or machine.get(reason) or reason.replace("_", " ").capitalize()


def reason_words(code: str) -> str:
    """This function will give the sentence of a decision's reason, or the code of one that is no longer known."""
    reason = REASON_BY_CODE.get(code)
    return reason.sentence if reason else code


def place_words(found: BestPlace | PlaceFound | RankedPlace) -> str:
    """This function will write a place from small to large: Duval County, FL, US."""
    country = found.country if found.country != "US" or not found.state else ""
    near = found.county or found.city
    return ", ".join(part for part in (near, found.state, country) if part) or "no place"


def circle_words(found: BestPlace) -> str:
    """This function will say how wide the circle is that holds eight of ten people of whom so much is known."""
    if not found.radius_km:
        return ""
    if found.radius_km >= WIDEST_CIRCLE_KM:
        return "So little is known that the circle is wider than most countries: take it as a lead."
    near = found.city or found.county or "the middle of where its people live"
    return f"Eight of ten such people are within about {thin(round(found.radius_km))} km of {near}."


def chance_words(probability: float) -> str:
    """This function will say how probable another place is."""
    return next(word for least, word in _CHANCES if probability >= least)


def reports_words(many: int) -> str:
    """This function will count reports in words."""
    return "1 report" if many == 1 else f"{many} reports"


def asked_words(evidence: str) -> str:
    """This function will say what was looked up in vain; findings are kept as written, so their grammar is mended."""
    return "1 look-up" if evidence == "1 look-ups" else evidence
