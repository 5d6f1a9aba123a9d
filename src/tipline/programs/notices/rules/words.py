"""The choices that people have about a notice, as data: code and sentence. Pure."""

from __future__ import annotations

from tipline.domain.errors import Refusal

SOURCES = {"REPORT": "A report", "PARTNER": "A partner", "PUBLIC": "A member of the public", "DESK": "The desk"}
MEDIA_WORDS = {
    "image": "Pictures",
    "video": "Videos",
    "audio": "Sound",
    "text": "Text",
    "mixed": "Several kinds",
}
REJECT_REASONS = {
    "not_csam": "Not child sexual abuse material",
    "nothing_there": "Nothing is there",
    "not_enough": "Too little is known to verify it",
    "not_public": "Cannot be reached from the public internet",
}
DISPUTE_REASONS = {
    "not_csam": "It is not child sexual abuse material",
    "not_ours": "We do not host this page",
    "wrong_address": "The address leads to nothing",
    "lawful": "It is lawful where it is (say why)",
    "other": "Something else (say what)",
}
CLOSE_REASONS = {
    "confirmed": "It is gone, and somebody looked again",
    "gone_before": "It was gone before a notice went out",
    "withdrawn": "The notice was withdrawn",
    "handed_over": "A hotline or the police have it now",
    "given_up": "Nobody takes it down and nobody is left to ask",
}
ANSWER_WORDS = {"ACKNOWLEDGED": "Has it in hand", "REMOVED": "Says it is gone", "DISPUTED": "Disputes it"}
VIA_WORDS = {
    "LINK": "by the link",
    "PROGRAM": "by its program",
    "LOG_IN": "logged in",
    "DESK": "by mail or telephone, written down here",
}
DELIVERY_WORDS = {
    "WAITING": "Waits to be sent",
    "SENT": "Sent by mail",
    "BY_HAND": "Sent by a person",
    "FAILED": "Could not be sent",
    "STOPPED": "Not sent: the case had moved on",
}
WITHDRAWAL_WORDS = {
    "WAITING": "taken back, the mail that says so waits to be sent",
    "SENT": "taken back by mail",
    "BY_HAND": "taken back by a person",
    "FAILED": "taken back, the mail that says so could not be sent",
}
TROUBLE_WORDS = {
    "no_server": "Not sent: no mail server is set. Download the mail, send it yourself, and record that.",
    "no_mail": "Not sent: the recipient has no mail address. Give it to them another way, and record that.",
    "held": "Not sent: the police asked us to wait.",
    "outage": "The mail server could not be reached. It is tried again.",
    "refused": "The recipient's server refused the mail.",
}
JOURNAL_WORDS = {
    "entered": "Entered",
    "joined": "Reported again: joined to this case",
    "reopened": "Reported again after it had ended: opened anew",
    "verified": "Verified by a person",
    "rejected": "Rejected",
    "held": "Held: the police come first",
    "released": "Hold lifted",
    "hold_ended": "Hold ended at its time",
    "contact": "Somebody to write to was added",
    "hosting": "Where it is hosted was written down",
    "prepared": "Notice written",
    "sent": "Notice sent",
    "failed": "Notice could not be sent",
    "acknowledged": "The recipient has it in hand",
    "disputed": "The recipient disputes it",
    "removed": "Removed",
    "late_answer": "An answer came that changes nothing any more",
    "upheld": "Looked at again: the notice stands",
    "withdrawn": "Looked at again: withdrawn",
    "withdrawal_sent": "The recipient was written to that it is withdrawn",
    "escalated": "Nobody removed it in time: somebody further up is to be asked",
    "checked": "Checked",
    "closed": "Closed",
    "looked_up": "Contacts looked up",
}
STANDING_WORDS = {
    "OPEN": "Waits for your answer",
    "ACKNOWLEDGED": "You have it in hand",
    "DISPUTED": "You dispute it; a person is looking at it again",
    "UPHELD": "We looked again: the notice stands",
    "WITHDRAWN": "We looked again: you were right. The notice is withdrawn",
    "REMOVED": "Taken down",
    "CLOSED": "Closed",
}


def require_choice(value: str, allowed: dict[str, str], field: str) -> None:
    """This function will make sure that a value is one of the choices. Raises Refusal that names the field."""
    if value not in allowed:
        raise Refusal("no_such_choice", "Choose one of the list.", field=field)
