"""What `./tipline look` knows of the doors: every route is a page to be seen, or is listed as something else."""

from __future__ import annotations

from tests.look import routes


def test_what_is_listed_as_no_page_is_a_route_of_some_door() -> None:
    known = {name for door in routes.DOORS for name, _ in routes.list_routes(door)}
    assert set(routes.NO_PAGES) <= known


def test_every_door_with_pages_is_looked_at() -> None:
    from tests.look.looking import WALKS

    from tipline.platform.config import PAGES

    assert set(WALKS) == set(routes.DOORS) == set(PAGES) - {"hash_sharing"}


def test_a_form_that_takes_posts_alone_is_no_page_and_one_that_takes_both_is() -> None:
    pages = routes.list_pages("desk")
    assert "desk:collection_judge" not in pages
    assert {"desk:proposal", "notices:case", "hotline:done", "account_login"} <= set(pages)
