"""Settings of the plain Django view that the intake bench compares with: ours without middleware, with one page."""

from tipline.settings import *  # noqa: F403 - Django's way of deriving settings
from tipline.settings import DATABASES as OURS
from tipline.settings import INSTALLED_APPS as APPS

ROOT_URLCONF = "tests.bench.plain_view"
INSTALLED_APPS = [app for app in APPS if not app.startswith("allauth")]  # it insists on its middleware
MIDDLEWARE: list[str] = []
DATABASES = {"default": OURS["default"] | {"CONN_MAX_AGE": None, "ATOMIC_REQUESTS": False}}
