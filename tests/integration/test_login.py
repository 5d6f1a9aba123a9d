"""Logging in: password, then a code that works once, then a session that the server itself locks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from tests.conftest import AsRole

from tipline.domain.actor import system
from tipline.interfaces.ui.gate import actor_of, open_to_all, origin_of, requires
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500  # noqa: F401
from tipline.platform import clock
from tipline.platform.accounts import service, totp
from tipline.platform.accounts.lockout import FAILURES, WINDOW
from tipline.platform.accounts.models import LoginLock, Session, User
from tipline.platform.accounts.roles import Role
from tipline.platform.config import settings as house
from tipline.platform.front import environ

NAME, PASSWORD, SECRET = "desk.one@example.org", "correct horse battery", totp.new_secret()
BY = system("test")


@requires(Role.ANALYST)
def desk_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(actor_of(request).ident)


@requires(Role.SUPERVISOR)
def supervisor_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never")


@open_to_all("a page for everybody")
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@requires(Role.OFFICER, Role.ANALYST)
def scoped_page(request: HttpRequest) -> HttpResponse:
    if "break" in request.GET:
        raise ZeroDivisionError
    return HttpResponse(shown_agency())


def shown_agency() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.agency', true), '')")
        return str(cursor.fetchone()[0])


def forgotten_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("no rule was declared")


urlpatterns = [
    path("", desk_page),
    path("supervisor/", supervisor_page),
    path("open/", open_page),
    path("scoped/", scoped_page),
    path("forgotten/", forgotten_page),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Watch:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_time(self, **length: float) -> None:
        self.at += timedelta(**length)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> Watch:
    made = Watch(fixed_now)
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def analyst(watch: Watch) -> int:
    return make_user(watch.at)


def make_user(now: datetime, **changes: Any) -> int:
    known: dict[str, Any] = {
        "username": NAME,
        "full_name": "Robin Example",
        "role": Role.ANALYST,
        "password": PASSWORD,
        "totp_secret": SECRET,
    }
    return service.create_user(new=service.NewUser(**(known | changes)), by=BY, now=now)


def give_password(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/account/login/", {"login": NAME, "password": password, **more})


def give_code(client: Client, watch: Watch) -> Any:
    return client.post("/account/code/", {"code": totp.current_code(SECRET, watch.at)})


def log_in(client: Client, watch: Watch) -> None:
    assert give_password(client)["Location"] == "/account/code/"
    assert give_code(client, watch)["Location"] == "/"


def test_password_and_code_open_the_page(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    assert client.get("/").content == NAME.encode()


def test_log_in_returns_to_the_page_that_was_asked_for(client: Client, watch: Watch, analyst: int) -> None:
    sent = client.get("/?queue=new")
    assert sent["Location"] == "/account/login/?next=%2F%3Fqueue%3Dnew"
    assert give_password(client, next="/?queue=new").status_code == 302
    assert give_code(client, watch)["Location"] == "/?queue=new"


def test_password_alone_opens_nothing(client: Client, watch: Watch, analyst: int) -> None:
    give_password(client)
    assert client.get("/")["Location"].startswith("/account/login/")


def test_a_used_code_is_refused(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    again = Client()
    give_password(again)
    answer = give_code(again, watch)
    assert answer.status_code == 200
    assert b"used before" in answer.content
    assert again.get("/")["Location"].startswith("/account/login/")
    watch.pass_time(seconds=60)
    assert give_code(again, watch)["Location"] == "/"


def test_an_older_code_is_refused_after_a_newer_one(client: Client, watch: Watch, analyst: int) -> None:
    before = totp.code_of(SECRET, totp.step_of(watch.at) - 1)
    log_in(client, watch)
    again = Client()
    give_password(again)
    assert again.post("/account/code/", {"code": before}).status_code == 200


def test_idle_session_is_locked_by_the_server(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    cookie = client.cookies[_cookie_name()].value
    watch.pass_time(minutes=house().idle_minutes)
    locked = client.get("/")
    assert "why=idle" in locked["Location"]
    assert b"Your session was locked" in client.get(locked["Location"]).content
    assert not Session.objects.filter(account_id=analyst).exists()
    thief = Client()
    thief.cookies[_cookie_name()] = cookie
    assert thief.get("/")["Location"] == "/account/login/?next=%2F"


def test_use_keeps_a_session_open_until_its_longest_time(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    began = watch.at
    while watch.at - began < timedelta(hours=house().session_hours, minutes=-10):
        watch.pass_time(minutes=10)
        assert client.get("/").status_code == 200
    watch.pass_time(minutes=10)
    assert "why=age" in client.get("/")["Location"]


def test_logged_out_cookie_opens_nothing(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    cookie = client.cookies[_cookie_name()].value
    assert client.post("/account/logout/").status_code == 302
    thief = Client()
    thief.cookies[_cookie_name()] = cookie
    assert thief.get("/").status_code == 302


def test_five_failures_lock_until_an_administrator_releases(client: Client, watch: Watch, analyst: int) -> None:
    answers = [give_password(client, "wrong").status_code for _ in range(FAILURES)]
    assert answers == [200, 200, 200, 200, 403]
    assert give_password(client).status_code == 403, "the right password opens nothing either"
    watch.pass_time(hours=48)
    assert give_password(client).status_code == 403, "time does not release"
    assert service.release_lock(username=NAME, by=BY, now=watch.at) == 1
    log_in(client, watch)


def test_failures_further_apart_than_the_window_do_not_lock(client: Client, watch: Watch, analyst: int) -> None:
    for _ in range(2 * FAILURES):
        assert give_password(client, "wrong").status_code == 200
        watch.pass_time(seconds=WINDOW.total_seconds() / 3)
    log_in(client, watch)


def test_wrong_codes_lock_as_wrong_passwords_do(client: Client, watch: Watch, analyst: int) -> None:
    give_password(client)
    for _ in range(FAILURES - 1):
        assert client.post("/account/code/", {"code": "nonsense"}).status_code == 200
    assert client.post("/account/code/", {"code": "nonsense"}).status_code == 403
    assert give_code(client, watch).status_code == 403


def test_the_password_does_not_forgive_wrong_codes(client: Client, watch: Watch, analyst: int) -> None:
    for _ in range(FAILURES):
        give_password(client)
        answer = client.post("/account/code/", {"code": "nonsense"})
    assert answer.status_code == 403


def test_a_stranger_elsewhere_locks_nobody_out(client: Client, watch: Watch, analyst: int) -> None:
    stranger = Client(REMOTE_ADDR="198.51.100.9")
    for _ in range(FAILURES):
        give_password(stranger, "wrong")
    assert LoginLock.objects.get().origin == "198.51.100.9"
    log_in(client, watch)


def test_unknown_names_are_answered_as_known_ones(client: Client, watch: Watch, analyst: int) -> None:
    known = give_password(client, "wrong").content
    unknown = Client().post("/account/login/", {"login": "nobody@example.org", "password": "wrong"}).content
    assert _without_token(known).replace(NAME.encode(), b"") == _without_token(unknown).replace(
        b"nobody@example.org", b""
    )


def test_an_account_without_authenticator_must_set_one_up(client: Client, watch: Watch) -> None:
    make_user(watch.at, totp_secret=None)
    assert give_password(client).status_code == 302
    assert client.get("/")["Location"] == "/account/authenticator/"
    page = client.get("/account/authenticator/")
    assert client.get("/account/authenticator/key.svg")["Content-Type"] == "image/svg+xml"
    code = totp.current_code(page.context["form"].secret, watch.at)
    done = client.post("/account/authenticator/", {"code": code})
    assert done["Location"] == "/account/recovery-codes/"
    assert len(client.get("/account/recovery-codes/").context["unused_codes"]) == 10
    assert "****" in client.get("/account/recovery-codes/").context["unused_codes"], "shown once"
    assert client.get("/").status_code == 200


def test_a_door_sets_an_authenticator_up_with_its_own_rights(
    client: Client, watch: Watch, as_role: Callable[..., Any]
) -> None:
    make_user(watch.at, role=Role.OFFICER, agency_id="icac-az", totp_secret=None)
    with as_role("portal"):
        give_password(client)
        secret = client.get("/account/authenticator/").context["form"].secret
        assert client.get("/account/authenticator/key.svg").status_code == 200
        client.post("/account/authenticator/", {"code": totp.current_code(secret, watch.at)})
        codes = client.get("/account/recovery-codes/").context["unused_codes"]
        assert client.get("/scoped/").content == b"icac-az"
        again = Client()
        give_password(again)
        assert again.post("/account/code/", {"code": codes[0]}).status_code == 302


def test_the_cover_leads_back_to_the_page_it_covered(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    watch.pass_time(minutes=house().idle_minutes)
    locked = client.get("/account/login/?why=idle&next=/scoped/")
    assert locked["Location"] == "/account/login/?next=%2Fscoped%2F&why=idle"


def test_an_authenticator_is_never_replaced_by_who_logs_in(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    assert client.get("/account/authenticator/")["Location"] == "/"
    assert client.get("/account/authenticator/key.svg").status_code == 404


def test_a_recovery_code_works_once(client: Client, watch: Watch) -> None:
    make_user(watch.at, totp_secret=None)
    give_password(client)
    secret = client.get("/account/authenticator/").context["form"].secret
    client.post("/account/authenticator/", {"code": totp.current_code(secret, watch.at)})
    code = client.get("/account/recovery-codes/").context["unused_codes"][0]
    first, second = Client(), Client()
    for each, expected in ((first, 302), (second, 200)):
        give_password(each)
        assert each.post("/account/code/", {"code": code}).status_code == expected


def test_another_role_is_refused(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    assert client.get("/supervisor/").status_code == 403


def test_a_page_without_a_rule_opens_for_nobody(client: Client, watch: Watch, analyst: int) -> None:
    assert client.get("/forgotten/").status_code == 302
    log_in(client, watch)
    assert client.get("/forgotten/").status_code == 403


def test_a_closed_account_is_out_at_once(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    service.deactivate(username=NAME, by=BY, now=watch.at)
    assert client.get("/").status_code == 302
    assert not Session.objects.filter(account_id=analyst).exists()


@pytest.mark.parametrize("page", ["signup", "password/reset", "email", "password/change", "confirm-email"])
def test_other_pages_of_the_library_do_not_exist(client: Client, page: str) -> None:
    assert client.get(f"/account/{page}/").status_code == 404


def test_parts_of_pages_move_the_whole_page_to_the_log_in(client: Client) -> None:
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/login/")


@pytest.mark.parametrize("page", ["/open/", "/account/login/", "/nowhere/", "/"])
def test_every_answer_carries_the_headers(client: Client, page: str) -> None:
    headers = client.get(page).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    assert {name: headers[name] for name in expected} == expected
    assert "no-store" in headers["Cache-Control"]


def test_doors_log_in_with_their_own_rights(client: Client, watch: Watch, as_role: Callable[..., Any]) -> None:
    make_user(watch.at, role=Role.OFFICER, agency_id="icac-az")
    with as_role("portal"):
        assert give_password(client, "wrong").status_code == 200
        log_in(client, watch)
        assert client.get("/").status_code == 403, "an officer is no analyst"
        assert User.objects.get().last_login is not None
        assert client.post("/account/logout/").status_code == 302


def test_the_database_knows_the_officers_agency_for_the_request_alone(client: Client, watch: Watch) -> None:
    make_user(watch.at, role=Role.OFFICER, agency_id="icac-az")
    log_in(client, watch)
    assert client.get("/scoped/").content == b"icac-az"
    assert shown_agency() == ""
    client.raise_request_exception = False
    broken = client.get("/scoped/?break=1")
    assert (broken.status_code, shown_agency()) == (500, "")
    assert b"Something broke on our side" in broken.content


def test_an_analyst_is_given_no_agency(client: Client, watch: Watch, analyst: int) -> None:
    log_in(client, watch)
    assert client.get("/scoped/").content == b""


def test_every_try_is_in_the_audit(client: Client, watch: Watch, analyst: int) -> None:
    give_password(client, "wrong")
    log_in(client, watch)
    client.get("/supervisor/")
    watch.pass_time(minutes=house().idle_minutes)
    client.get("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, outcome FROM audit_entry WHERE actor_kind = 'user' ORDER BY id")
        written = cursor.fetchall()
    assert written == [
        ("account.login_failed", "refused"),
        ("account.logged_in", "done"),
        ("account.refused", "refused"),
        ("account.locked", "done"),
    ]


def test_a_forwarded_address_counts_only_behind_our_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.4", "REMOTE_ADDR": "192.0.2.1"}
    request = RequestFactory().get("/", **forwarded)
    assert origin_of(request) == "192.0.2.1"
    behind = dataclasses.replace(house(), tls_proxy=True)
    monkeypatch.setattr(environ, "settings", lambda: behind)
    assert origin_of(request) == "198.51.100.4"


def test_spent_sessions_and_old_failures_are_cleared_by_a_worker_that_reads_no_session(
    client: Client, watch: Watch, analyst: int, as_role: AsRole
) -> None:
    give_password(client, "wrong")
    log_in(client, watch)
    give_password(Client(REMOTE_ADDR="192.0.2.77"), "wrong")
    with as_role("worker"):
        assert service.clear_spent(now=watch.at) == 0
        assert service.clear_spent(now=datetime(2100, 1, 1, tzinfo=UTC)) >= 2
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("worker"):
        Session.objects.values_list("session_key").first()


def _cookie_name() -> str:
    return f"tipline_{house().role}"


def _without_token(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)
