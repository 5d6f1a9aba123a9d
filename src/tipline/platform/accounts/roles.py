"""The roles of people, and the door behind which each works."""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may do. One account has one role; the pages say which roles they serve."""

    ADMIN = "ADMIN", "Administrator"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    ANALYST = "ANALYST", "Analyst"
    CALL_TAKER = "CALL_TAKER", "Call taker"
    OFFICER = "OFFICER", "Officer"
    EXAMINER = "EXAMINER", "Examiner"
    ESP_USER = "ESP_USER", "Company, reads"
    ESP_REPORTER = "ESP_REPORTER", "Company, reports"
    ESP_ADMIN = "ESP_ADMIN", "Company, administrator"


class Realm(TextChoices):
    """The door an account belongs to; its name is the deployable's."""

    DESK = "desk", "Desk"
    PORTAL = "portal", "Law-enforcement portal"
    ESP_WEB = "esp_web", "Company pages"


REALM_OF = {
    Role.ADMIN: Realm.DESK,
    Role.SUPERVISOR: Realm.DESK,
    Role.ANALYST: Realm.DESK,
    Role.CALL_TAKER: Realm.DESK,
    Role.OFFICER: Realm.PORTAL,
    Role.EXAMINER: Realm.PORTAL,
    Role.ESP_USER: Realm.ESP_WEB,
    Role.ESP_REPORTER: Realm.ESP_WEB,
    Role.ESP_ADMIN: Realm.ESP_WEB,
}
# A company's people: whoever may report may read, whoever administers may do both.
COMPANY_READERS = (Role.ESP_USER, Role.ESP_REPORTER, Role.ESP_ADMIN)
COMPANY_REPORTERS = (Role.ESP_REPORTER, Role.ESP_ADMIN)
