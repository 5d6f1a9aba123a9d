"""What a company's administrator settles about its webhook: the address, the kinds, the secrets; a test; once more."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction

from tipline.domain.actor import Actor
from tipline.domain.addresses import read_address
from tipline.domain.egress import reason_against
from tipline.domain.errors import Refusal
from tipline.platform.audit.service import Act, record
from tipline.platform.vault.fields import seal_field
from tipline.programs.telling.models import Event, Hook, Secret
from tipline.programs.telling.rules.kinds import CHOSEN, Kind
from tipline.programs.telling.rules.signing import SECRET_BYTES, write_secret
from tipline.programs.telling.values import NewHook

MOST_LIVE = 2
ENVIRONMENTS = ("production", "test")
SEALED_AS = "telling:hook:{}:secret"


@transaction.atomic
def set_hook(*, esp_id: int, new: NewHook, by: Actor, now: datetime) -> str:
    """This function will keep where a company is told, and return the signing secret of a new one, else nothing.

    Raises Refusal with the field: no https address, one that is not public, an unknown environment or kind.
    """
    url = _checked(new)
    _one_at_a_time(esp_id)
    hook = Hook.objects.filter(esp_id=esp_id, environment=new.environment, ended_at=None).first()
    secret = ""
    if hook is None:
        hook = Hook.objects.create(
            esp_id=esp_id, environment=new.environment, url=url, kinds=list(new.kinds), made_at=now
        )
        secret = _make_secret(hook, by, now)
    else:
        # Another address starts anew: what was said of the old one does not count against it.
        fresh = {"failing_since": None, "quiet_until": None} if url != hook.url else {}
        Hook.objects.filter(pk=hook.id).update(url=url, kinds=list(new.kinds), **fresh)
    _audit("esp.hook_set", hook, by, now, kinds=",".join(new.kinds))
    return secret


def _checked(new: NewHook) -> str:
    if new.environment not in ENVIRONMENTS:
        raise Refusal("no_environment", "Choose production or test.", field="environment")
    if not set(new.kinds) <= {str(kind) for kind in CHOSEN}:
        raise Refusal("no_kind", "Choose from the list.", field="kinds")
    text = new.url.strip()
    if not text.lower().startswith("https://"):
        raise Refusal("no_https", "Give an address that begins with https://.", field="url")
    address = read_address(text)
    if address.port != 443:
        raise Refusal("no_port", "Give an address without a port: we speak to port 443 alone.", field="url")
    if address.is_ip and reason_against(address.host):
        raise Refusal("not_public", "Give a public address: we reach no private network.", field="url")
    return address.url


def _one_at_a_time(esp_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"telling-hook:{esp_id}"])


def _own(esp_id: int, hook_id: int) -> Hook:
    hook = Hook.objects.filter(pk=hook_id, esp_id=esp_id, ended_at=None).first()
    if hook is None:
        raise Refusal("no_hook", "There is no such webhook.")
    return hook


def _audit(verb: str, hook: Hook, by: Actor, now: datetime, **more: str | int) -> None:
    details: dict[str, str | int] = {"hook": hook.id, "environment": hook.environment, **more}
    record(Act(now, by, verb, "esp", str(hook.esp_id), details=details))


def _make_secret(hook: Hook, by: Actor, now: datetime) -> str:
    made = secrets.token_bytes(SECRET_BYTES)
    sealed = seal_field(made, SEALED_AS.format(hook.id))
    row = Secret.objects.create(hook=hook, esp_id=hook.esp_id, sealed=sealed, made_at=now)
    _audit("esp.hook_secret_made", hook, by, now, secret=row.id)
    return write_secret(made)


@transaction.atomic
def add_secret(*, esp_id: int, hook_id: int, by: Actor, now: datetime) -> str:
    """This function will make a further secret and return it, this once. Raises Refusal `no_hook`, `two_live`."""
    _one_at_a_time(esp_id)
    hook = _own(esp_id, hook_id)
    if _live(hook) >= MOST_LIVE:
        words = f"There are {MOST_LIVE} live secrets. End one that no program uses any more, then make the next."
        raise Refusal("two_live", words)
    return _make_secret(hook, by, now)


def _live(hook: Hook) -> int:
    return Secret.objects.filter(hook_id=hook.id, ended_at=None).count()


@transaction.atomic
def end_secret(*, esp_id: int, secret_id: int, by: Actor, now: datetime) -> None:
    """This function will sign with a secret no more. Raises Refusal `no_secret`, or `last_secret` for the only one."""
    _one_at_a_time(esp_id)
    found = Secret.objects.filter(pk=secret_id, esp_id=esp_id, ended_at=None).values_list("hook_id", flat=True).first()
    if found is None:
        raise Refusal("no_secret", "There is no such live secret.")
    hook = _own(esp_id, found)
    if _live(hook) == 1:
        raise Refusal("last_secret", "It is the only one. Make the next first, then end this one.")
    Secret.objects.filter(pk=secret_id).update(ended_at=now)
    _audit("esp.hook_secret_ended", hook, by, now, secret=secret_id)


@transaction.atomic
def end_hook(*, esp_id: int, hook_id: int, by: Actor, now: datetime) -> None:
    """This function will tell nothing more at an address, also nothing that waits. Raises Refusal `no_hook`."""
    hook = _own(esp_id, hook_id)
    Secret.objects.filter(hook_id=hook.id, ended_at=None).update(ended_at=now)
    Hook.objects.filter(pk=hook.id).update(ended_at=now)
    _audit("esp.hook_ended", hook, by, now)


@transaction.atomic
def resume(*, esp_id: int, hook_id: int, by: Actor, now: datetime) -> None:
    """This function will let a webhook that was set aside go on, with all that waited. Raises Refusal `no_hook`."""
    hook = _own(esp_id, hook_id)
    Hook.objects.filter(pk=hook.id).update(set_aside_at=None, failing_since=None, quiet_until=None)
    waiting = Event.objects.filter(hook_id=hook.id, state="WAITING")
    waiting.update(state="WAITING", try_at=now, first_try_at=None, tries=0)
    _audit("esp.hook_resumed", hook, by, now)


@transaction.atomic
def send_test(*, esp_id: int, hook_id: int, by: Actor, now: datetime) -> None:
    """This function will have a test event sent. Raises Refusal `no_hook`, or `waiting` while an earlier one waits."""
    _one_at_a_time(esp_id)
    hook = _own(esp_id, hook_id)
    if hook.set_aside_at is not None:
        raise Refusal("set_aside", "The webhook is set aside. Switch it on again first.")
    if Event.objects.filter(hook_id=hook.id, kind=Kind.TEST, state="WAITING").exists():
        raise Refusal("waiting", "An earlier test waits to be sent still.")
    ident = new_ident()
    Event.objects.create(
        hook=hook, esp_id=esp_id, ident=ident, kind=Kind.TEST, environment=hook.environment, cause=f"test:{ident}",
        at=now, try_at=now,
    )  # fmt: skip
    # A company that tests has most likely mended something: nothing waits longer because of what failed before.
    Hook.objects.filter(pk=hook.id).update(quiet_until=None)
    _audit("esp.hook_tested", hook, by, now)


@transaction.atomic
def send_again(*, esp_id: int, event_id: int, by: Actor, now: datetime) -> None:
    """This function will have an event sent once more, under its own id. Raises Refusal `no_event`, `set_aside`."""
    row = Event.objects.filter(pk=event_id, esp_id=esp_id).exclude(state="WAITING").first()
    if row is None:
        raise Refusal("no_event", "There is no such event, or it waits to be sent already.")
    hook = _own(esp_id, row.hook_id)
    if hook.set_aside_at is not None:
        raise Refusal("set_aside", "The webhook is set aside. Switch it on again first.")
    Event.objects.filter(pk=row.id).update(state="WAITING", tries=0, first_try_at=None, try_at=now)
    Hook.objects.filter(pk=hook.id).update(quiet_until=None)
    _audit("esp.hook_sent_again", hook, by, now, event=row.id)


def new_ident() -> str:
    """This function will make an event's id: random, and without a full stop, as the signature needs."""
    return f"evt_{secrets.token_hex(12)}"
