"""Every act that is audited, declared before it may be written: its sentence and the details it may carry.

Adding one: one line here. Details are codes, ids and counts; never a name, an address or free text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Verb:
    """One kind of act. `sentence` continues "Somebody ..."; `details` are the keys it may carry."""

    name: str
    sentence: str
    details: frozenset[str]


_DECLARED: tuple[tuple[str, str, str], ...] = (
    # name, sentence, detail keys
    ("report.opened", "began a report", "source environment part esp"),
    ("report.supplemented", "added facts to a report", "part"),
    ("report.received", "finished a report and sent it on its way", "files"),
    ("report.retracted", "withdrew a report before finishing it", ""),
    ("report.lapsed", "let an unfinished report lapse", ""),
    ("report.moved", "moved a report to its next state", "from_state to_state code"),
    ("report.findings", "added findings to a report", "kinds"),
    ("report.held", "put a report on hold", "reason"),
    ("report.released", "released a report from hold", "reason"),
    ("report.legal_hold_set", "put a legal hold on a report", "reason until case"),
    ("report.legal_hold_released", "lifted a legal hold from a report", "reason case"),
    ("report.purged", "destroyed the content of a report at the end of retention", "files digest"),
    ("report.purge_refused", "was kept from purging a report", "reason"),
    ("report.viewed", "opened a report's page", "page"),
    ("report.reporter_revealed", "looked at the reporter's identity", "reason"),
    ("report.refused", "was kept from a report", "reason"),
    ("report.listed", "listed reports", "queue page count"),
    ("report.searched", "searched reports", "kind count digest"),
    ("report.claimed", "took a report to work on", ""),
    ("report.unclaimed", "gave a report back to the queue", ""),
    ("report.noted", "wrote a note on a report", "note"),
    ("report.linked", "linked reports with each other", "other reason"),
    ("report.decided", "decided about a report", "disposition reason priority undo_until"),
    ("report.undone", "took a decision back within its undo window", "disposition decision"),
    (
        "report.decision_final",
        "let a decision take effect at the end of its undo window",
        "disposition decision",
    ),
    ("report.escalated", "raised a report to the front of the queue", "reason priority"),
    ("report.scored", "scored a report", "score priority"),
    ("report.routed", "chose the agencies for a report", "agencies primary code"),
    ("report.rerouted", "changed the agencies for a report", "agencies primary reason"),
    ("report.status_viewed", "looked at a report's status with its receipt code", "status"),
    ("file.received", "uploaded a file", "file size report"),
    ("file.described", "described a file", "file report"),
    ("file.sealed", "sealed a file into the vault", "file blob report"),
    ("file.fingerprinted", "fingerprinted a file", "file tool outcome report"),
    ("file.previewed", "made a blurred preview of a file", "file report"),
    ("file.looked_at", "looked at a file's blurred preview", "file view report"),
    ("file.revealed", "looked at a file without its cover", "file view report reason"),
    ("file.packaged", "put a file into a package", "file referral report"),
    ("file.downloaded", "downloaded a file", "file referral report"),
    ("file.proposed", "proposed a file for a hash list", "report"),
    ("file.judged", "judged a file for a hash list", "report"),
    ("file.refused", "was kept from a file", "file reason report"),
    ("file.purged", "destroyed a file's key", "file report"),
    ("referral.prepared", "prepared a referral", "agency part report"),
    ("referral.made_available", "made a referral available to an agency", "agency part files report digest"),
    ("referral.supplemented", "sent a supplement to an agency", "agency report part code"),
    ("referral.escalated", "made an early referral because of urgency", "agency report"),
    ("referral.recalled", "recalled a referral", "agency report reason"),
    ("referral.opened", "opened a referral", "agency report"),
    ("referral.listed", "listed an agency's inbox", "agency page count"),
    ("referral.downloaded", "downloaded a referral's package", "agency report digest"),
    ("referral.keep_asked", "asked a company to keep a report's data longer", "agency report until"),
    ("referral.declined", "declined a referral", "agency report reason"),
    (
        "referral.answered",
        "recorded what came of a referral",
        "agency report status reason arrests children useful",
    ),
    ("referral.refused", "was kept from a referral", "agency reason"),
    ("outcome.viewed", "looked at what came of a report", "report status"),
    ("warrant.recorded", "recorded a warrant for a file", "file report case"),
    ("collection.received", "handed in a seized collection", "agency kind size digest"),
    ("collection.read", "compared a seized collection", "agency rows bad identified recognised unrecognised"),
    ("collection.failed", "could not read a seized collection", "agency rows reason"),
    ("collection.listed", "listed seized collections", "agency count"),
    ("collection.viewed", "opened a seized collection", "agency page"),
    ("collection.downloaded", "downloaded a report on a seized collection", "agency form standing"),
    ("collection.refused", "was kept from a seized collection", "agency reason"),
    ("new_child.refused", "was kept from a newly identified child", "agency reason"),
    ("roster.refused", "was kept from a roster", "agency reason"),
    ("collection.judged", "judged the files of a seized collection", "agency verdict series row files"),
    ("collection.answered", "issued a child identification report", "agency series files"),
    ("collection.found_later", "found a series in a collection that was answered before", "agency series files"),
    ("series.created", "entered a series", "series status"),
    ("series.changed", "changed a series", "series status"),
    ("series.extended", "added fingerprints to a series", "series count"),
    ("series.listed", "listed series", "count"),
    ("series.viewed", "opened a series", "series"),
    ("series.wish_revealed", "looked at how somebody wishes to be told", "series reason"),
    ("new_child.announced", "told of a newly identified child", "agency due"),
    ("new_child.submitted", "handed in a newly identified child", "agency count late"),
    ("new_child.assigned", "gave a newly identified child a series", "agency series"),
    ("new_child.listed", "listed newly identified children", "agency count overdue"),
    ("roster.received", "handed in the contacts found with a suspect", "agency rows read"),
    ("roster.searched", "compared a roster with all reports", "agency rows found"),
    ("roster.listed", "listed rosters", "agency count"),
    ("roster.viewed", "opened a roster", "agency"),
    ("roster.child_changed", "said where a child of a roster stands", "agency status country"),
    ("count.entered", "entered how many children were identified", "count certainty"),
    ("identification.reported", "reported children found in a seized collection", "report count referral"),
    ("account.created", "created an account", "role realm agency esp"),
    ("account.changed", "changed an account", "role realm agency esp fields"),
    ("account.invited", "asked a colleague in", "invitation role esp"),
    ("account.invitation_withdrawn", "took an invitation back", "invitation"),
    ("account.deactivated", "closed an account", "reason"),
    ("account.logged_in", "logged in", "realm method"),
    ("account.login_failed", "failed to log in", "realm method reason"),
    ("account.logged_out", "logged out", "realm reason"),
    ("account.locked", "was locked by the idle lock", "realm reason"),
    ("account.locked_out", "was locked out after too many failures", "realm failures"),
    ("account.released", "released a locked-out account", "realm"),
    ("account.mfa_enrolled", "set up a second factor", "realm method"),
    ("account.mfa_removed", "removed a second factor", "realm method"),
    ("account.mfa_failed", "failed the second factor", "realm method reason"),
    ("account.password_changed", "changed a password", "realm"),
    ("account.refused", "was kept from a page", "realm reason view"),
    ("esp.created", "registered a reporting company", "esp"),
    (
        "esp.ways_set",
        "set what a company's programs may do",
        "reporter_email_required strict_attributes calls_a_minute",
    ),
    ("esp.credential_issued", "issued a company's credential", "esp environment credential"),
    ("esp.credential_revoked", "revoked a company's credential", "esp environment credential"),
    ("esp.credentials_listed", "listed a company's credentials", "esp count"),
    ("esp.viewing_stated", "stated what a company's “not viewed” means", "meaning since"),
    ("esp.authenticated", "presented a company's credential", "esp environment"),
    ("esp.authentication_failed", "presented a wrong company credential", "environment reason"),
    ("partner.created", "entered a partner", "kind"),
    ("partner.contact_added", "entered whom to write to at a partner", "purpose"),
    ("partner.contact_ended", "removed whom to write to at a partner", "purpose"),
    ("partner.agreement_signed", "put an agreement with a partner on record", "scope agreement"),
    ("partner.agreement_ended", "ended an agreement with a partner", "scope agreement"),
    ("partner.key_added", "kept a partner's public key", "kind"),
    ("partner.credential_issued", "issued a partner's credential", "scope credential"),
    ("partner.credential_revoked", "revoked a partner's credential", "scope credential"),
    ("partner.listed", "listed partners", "count"),
    ("partner.viewed", "looked at a partner's page", ""),
    ("partner.authenticated", "presented a partner's credential", "scope environment"),
    ("partner.authentication_failed", "presented a wrong partner credential", "scope environment reason"),
    ("hash.fetched", "fetched entries of a hash list", "count start since until"),
    ("hash.print_fetched", "fetched a large fingerprint", "list type"),
    ("hash.answered", "said what came of matches", "count unknown"),
    ("hash.asked", "asked whether a file or fingerprints are known", "count known kind"),
    ("hash.canaries_planted", "planted canary entries for a partner", "list count"),
    ("hash.proposed", "proposed entries for a hash list", "count"),
    ("hash.judged", "judged a proposed entry of a hash list", "round settles digest"),
    ("hash.settled", "gave the judgement that settled an entry of a hash list", "list verdict"),
    ("hash.withdrawn", "withdrew an entry from a hash list", "list"),
    ("hash.voted", "said whether an entry of a hash list is right", "partner type verdict"),
    ("hash.access_granted", "let a member see another's entries of a hash list", "owner partner"),
    ("hash.access_revoked", "no longer let a member see another's entries of a hash list", "owner partner"),
    ("hash.listed", "listed entries of hash lists", "page count"),
    ("hash.viewed", "opened an entry of a hash list", "page"),
    ("survivor.case_opened", "opened a case for pictures to be taken down", "files for_whom"),
    ("survivor.case_viewed", "looked at a case with its number and PIN", ""),
    ("survivor.pin_refused", "gave a case number and PIN that do not fit together", ""),
    ("survivor.case_withdrawn", "withdrew a case and its hashes", "entries"),
    ("survivor.support_asked", "agreed to a hand-over to a support organisation", "partner"),
    ("survivor.support_revoked", "took a hand-over to a support organisation back", ""),
    ("survivor.support_listed", "listed hand-overs to support organisations", "count"),
    ("survivor.support_opened", "looked at how to reach somebody who asked for support", ""),
    ("survivor.support_moved", "noted a step of a hand-over to a support organisation", "state"),
    ("survivor.wishes_kept", "sealed whom a survivor trusts", ""),
    ("figures.published", "published a snapshot of the figures", "snapshot year withheld digest"),
    ("figures.taken_over", "took in counts of an earlier system", "count days"),
    ("figures.previewed", "looked at figures before they are published", "year withheld"),
    ("figures.viewed", "looked at the desk's figures", "days"),
    ("notice.entered", "entered a web address to be noticed", "source joined report"),
    ("notice.verified", "verified what is at a web address", "classification method"),
    ("notice.rejected", "rejected a web address", "reason"),
    ("notice.held", "held a notice back because the police asked", "hours"),
    ("notice.released", "let a held notice go on", "reason"),
    ("notice.hosting_set", "wrote down where a page is hosted", "country"),
    ("notice.contact_added", "added somebody to write to about a page", "kind source"),
    ("notice.looked_up", "looked contacts of a host up", "count"),
    ("notice.prepared", "wrote a notice", "kind round notice"),
    ("notice.sent", "sent a notice", "kind round how notice"),
    ("notice.withdrawal_sent", "wrote to a recipient that its notice is withdrawn", "how notice"),
    ("notice.failed", "could not send a notice", "reason"),
    ("notice.downloaded", "downloaded a notice to send it", "notice"),
    ("notice.answered", "answered a notice", "kind via notice"),
    ("notice.decided", "decided about a disputed notice", "decision"),
    ("notice.escalated", "let a notice go to somebody further up", ""),
    ("notice.checked", "looked whether a page is still up", "seen how"),
    ("notice.closed", "closed a case of a web address", "reason"),
    ("notice.viewed", "opened a case of a web address", "page"),
    ("notice.listed", "listed cases of web addresses", "list count"),
    ("reference.loaded", "loaded reference data", "set rows digest"),
    ("vault.rewrapped", "re-wrapped keys for a new master key", "keys kek_version"),
    ("vault.scrubbed", "checked stored evidence against its digests", "files faults"),
    ("audit.viewed", "looked at the audit", "page count kind"),
    ("audit.verified", "verified the audit", "entries faults notices"),
    ("audit.exported", "exported audit entries", "count"),
    ("system.started", "started a process", "role version"),
    ("system.backed_up", "made a backup", "files digest"),
    ("system.restored", "restored a backup", "files digest"),
)

VERBS: Mapping[str, Verb] = MappingProxyType(
    {name: Verb(name, sentence, frozenset(keys.split())) for name, sentence, keys in _DECLARED}
)


class UndeclaredAct(ValueError):
    """An act, or a detail of one, that is not declared here: a bug of the caller, which rolls back."""


def find_verb(name: str) -> Verb:
    """This function will look a verb up.

    Raises UndeclaredAct for a verb that is not in the vocabulary.
    """
    try:
        return VERBS[name]
    except KeyError:
        raise UndeclaredAct(f"{name!r} is not declared in tipline.platform.audit.verbs") from None
