"""Django's settings, derived from `platform.config`; nothing is read from the environment here."""

from __future__ import annotations

from tipline.platform import keys
from tipline.platform.config import settings as house_settings
from tipline.platform.database.urls import django_database

HOUSE = house_settings()
DEBUG = False
SECRET_KEY = keys.load_text(f"django_{HOUSE.role}", HOUSE.keys)
ALLOWED_HOSTS = (
    [origin.split("//", 1)[-1].split(":")[0] for origin in HOUSE.public_origins.split(",")]
    if HOUSE.public_origins
    else ["127.0.0.1", "localhost", HOUSE.host, "testserver"]
)
CSRF_TRUSTED_ORIGINS = [origin for origin in HOUSE.public_origins.split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "tipline.platform.database",
    "tipline.platform.accounts",
    "tipline.platform.audit",
    "tipline.platform.vault",
    "tipline.reference.directory",
    "tipline.reports",
    "tipline.stages.intake",
    "tipline.stages.evidence",
    "tipline.stages.enrichment",
    "tipline.stages.linking",
    "tipline.stages.triage",
    "tipline.stages.routing",
    "tipline.stages.referral",
    "tipline.stages.feedback",
    "tipline.interfaces.ui",
    "tipline.interfaces.public",
    "tipline.interfaces.hotline",
    "tipline.interfaces.esp_web",
    "tipline.interfaces.desk",
    "tipline.interfaces.portal",
]

# One deployable, one URLconf: a page that is not in it does not exist there.
ROOT_URLCONF = {
    "public": "tipline.interfaces.public.urls",
    "esp_web": "tipline.interfaces.esp_web.urls",
    "desk": "tipline.interfaces.desk.urls",
    "portal": "tipline.interfaces.portal.urls",
}.get(HOUSE.role, "tipline.interfaces.ui.no_urls")

DATABASES = {"default": django_database(HOUSE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
