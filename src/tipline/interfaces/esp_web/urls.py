"""The addresses of the company's pages."""

from __future__ import annotations

from django.urls import include

from tipline.interfaces.esp_web import (
    credentials,
    keeping,
    notices,
    people,
    profile,
    sandbox,
    status,
    trends,
    views,
    webhooks,
    writing,
    writing_files,
)
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500
from tipline.interfaces.ui.paths import path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_PAGES = [
    path("", views.reports, name="reports"),
    path("reports/<int:number>/", views.report, name="report"),
    path("quality/", trends.quality, name="quality"),
    path("profile/", profile.profile, name="profile"),
    path("profile/state/", profile.state, name="state"),
    path("write/", writing.listed, name="drafts"),
    path("write/new/", writing.begin, name="write"),
    path("write/<slug:draft_id>/files/", writing_files.files, name="draft_files"),
    path("write/<slug:draft_id>/files/add/", writing_files.upload, name="draft_upload"),
    path("write/<slug:draft_id>/files/<int:file_id>/", writing_files.file, name="draft_file"),
    path("write/<slug:draft_id>/files/<int:file_id>/remove/", writing_files.remove, name="draft_file_remove"),
    path("write/<slug:draft_id>/review/", writing.review, name="draft_review"),
    path("write/<slug:draft_id>/send/", writing.send, name="draft_send"),
    path("write/<slug:draft_id>/discard/", writing.discard, name="draft_discard"),
    path("write/<slug:draft_id>/<slug:name>/", writing.section, name="section"),
    path("sandbox/", sandbox.calls, name="sandbox"),
    path("sandbox/calls/<hex:call_id>/", sandbox.call, name="sandbox_call"),
    path("sandbox/calls/<hex:call_id>/body.xml", sandbox.body, name="sandbox_body"),
    path("sandbox/samples/<slug:name>.xml", sandbox.sample, name="sandbox_sample"),
    path("sandbox/reports/<int:number>/", sandbox.story, name="sandbox_story"),
    path("status/", status.status, name="status"),
    path("status.json", status.status_json, name="status_json"),
    path("status/changes/", status.changelog, name="changes"),
    path("status/changes.json", status.changelog_json, name="changes_json"),
    path("status/changes.atom", status.changelog_feed, name="changes_feed"),
    path("keep/", keeping.keep, name="keep"),
    path("keep/addresses/", keeping.add, name="mail_add"),
    path("keep/addresses/<int:ident>/remove/", keeping.remove, name="mail_remove"),
    path("credentials/", credentials.credentials, name="credentials"),
    path("credentials/new/", credentials.make, name="credential_new"),
    path("credentials/<int:ident>/end/", credentials.end, name="credential_end"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:ident>/", people.change, name="colleague"),
    path("people/invitations/<int:ident>/withdraw/", people.withdraw, name="withdraw"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<slug:environment>/", webhooks.keep, name="webhook_keep"),
    path("webhooks/<int:ident>/secret/", webhooks.secret_new, name="webhook_secret"),
    path("webhooks/<int:ident>/act/<slug:act>/", webhooks.change, name="webhook_act"),
    path("webhooks/secrets/<int:ident>/end/", webhooks.secret_end, name="webhook_secret_end"),
    path("webhooks/events/<int:ident>/again/", webhooks.again, name="webhook_again"),
    path("join/", people.join, name="join"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<int:number>/", notices.one, name="notice"),
    path("n/<str:token>.json", notices.review_json, name="review_json"),
    path("n/<str:token>", notices.review, name="review"),
]
urlpatterns = [
    path("", include((_PAGES, "esp_web"))),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]
