"""Pages that say what went wrong: the doors' own answers, and those that a sound house does not give, as drawn."""

from __future__ import annotations

from django.template.loader import render_to_string
from tests.look.people import Visit

from tipline.interfaces.ui import errors

# A form of a size or kind that no page takes. The field is hidden: millions of letters would be laid out for half a
# minute where they can be seen.
_SEND = """([kind, size]) => {
  const form = document.createElement("form"); form.method = "post"; form.enctype = kind;
  const field = document.createElement("input"); field.type = "hidden"; field.name = "words";
  field.value = "a".repeat(size);
  form.append(field); document.body.append(form); form.submit();
}"""
_URL, _FILES = "application/x-www-form-urlencoded", "multipart/form-data"
BREAKS = {"too much at once": (_URL, 3_000_000), "not to be read": (_FILES, 10), "a form that is not ours": (_URL, 10)}
DRAWN = ("400", "403", "403_csrf", "404", "408", "413", "429", "500", "locked")


def real_ones(visit: Visit) -> None:
    """This function will ask a door for what is not there, and send it what it does not take."""
    page = visit.window(phone=True)
    page.goto("/nowhere/")
    visit.look(page, "nothing is here", route="404")
    if visit.door == "open_data":
        return
    for name, sent in BREAKS.items():
        page.goto("/")
        with page.expect_navigation():
            page.evaluate(_SEND, list(sent))
        visit.look(page, name, route="error")


def drawn(visit: Visit) -> None:
    """This function will look at every error page of staff, as its template draws it."""
    for name in DRAWN:
        _show(visit, render_to_string(f"{name}.html", {"status": name[:3]}), f"drawn {name}")


def plain_drawn(visit: Visit) -> None:
    """This function will look at every error page of the doors without an account, as its template draws it."""
    for status, (title, sentence) in errors._PLAIN.items():
        shown = {"title": title, "sentence": sentence}
        _show(visit, render_to_string("ui/plain_error.html", shown), f"drawn {status}")


def _show(visit: Visit, html: str, name: str) -> None:
    page = visit.window(phone=True)
    page.route("**/drawn/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto("/drawn/")
    visit.look(page, name, route="drawn")
