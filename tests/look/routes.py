"""Which pages there are: every route of every door, from the URLconfs, so that no new page can be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, resolve

# The doors that people look at. Hash sharing and the reporting API speak to programs alone.
DOORS = ("public", "survivors", "desk", "portal", "esp_web", "open_data")

# Routes that a GET answers with something else than a page. Whatever is neither here nor seen fails the run.
NO_PAGES = {
    "desk:index": "leads to the first list",
    "desk:submission": "a download",
    "desk:import_faults": "a download",
    "desk:look": "a picture",
    "notices:index": "leads to the first list",
    "notices:mail": "a download",
    "public:tell": "leads to the first step",
    "public:leave": "leads away",
    "portal:package": "a download",
    "portal:document": "a download",
    "portal:file": "a download",
    "portal:collection_report": "a download",
    "esp_web:review_json": "for programs",
    "esp_web:status_json": "for programs",
    "esp_web:changes_json": "for programs",
    "esp_web:changes_feed": "for programs",
    "esp_web:sandbox_body": "a download",
    "esp_web:sandbox_sample": "a download",
    "open_data:printed_csv": "a download",
    "open_data:csv": "a download",
    "open_data:json": "for programs",
    "open_data:table_csv": "a download",
    "open_data:schema": "for programs",
    "mfa_totp_picture": "a picture",
}


def list_pages(door: str) -> list[str]:
    """This function will name the routes of a door that answer a GET with a page."""
    return [name for name, view in list_routes(door) if takes_get(view) and name not in NO_PAGES]


def list_routes(door: str) -> list[tuple[str, Any]]:
    """This function will list every route of a door with its view."""
    return list(_walk(import_module(_urlconf(door)).urlpatterns, ""))


def name_of(door: str, url: str) -> str:
    """This function will name the route of an address; empty where the door has none."""
    try:
        return str(resolve(urlsplit(url).path, urlconf=_urlconf(door)).view_name)
    except Resolver404:
        return ""


def takes_get(view: Any) -> bool:
    """This function will tell whether a view answers GET, by what `require_http_methods` left in its wrapping."""
    while view is not None:
        allowed = _allowed(view)
        if allowed is not None:
            return "GET" in allowed
        view = getattr(view, "__wrapped__", None)
    return True


def _allowed(view: Callable[..., Any]) -> list[str] | None:
    code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None)
    names = code.co_freevars if code else ()
    held = {name: cell.cell_contents for name, cell in zip(names, cells or (), strict=False)}
    return held.get("request_method_list")


def _urlconf(door: str) -> str:
    return f"tipline.interfaces.{door}.urls"


def _walk(listed: list[URLPattern | URLResolver], space: str) -> Iterator[tuple[str, Any]]:
    for one in listed:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}", one.callback
