"""Django's settings, derived from `platform.config`; nothing is read from the environment here."""

from __future__ import annotations

from tipline.platform import keys, logs
from tipline.platform.config import PAGES
from tipline.platform.config import settings as house_settings
from tipline.platform.database.urls import django_database
from tipline.platform.front.limits import MOST_IN_MEMORY

HOUSE = house_settings()
DEBUG = False
LOGGING = logs.configuration()
SECRET_KEY = keys.load_text(f"django_{HOUSE.role}", HOUSE.keys)
ALLOWED_HOSTS = (
    [origin.split("//", 1)[-1].split(":")[0] for origin in HOUSE.public_origins.split(",")]
    if HOUSE.public_origins
    else ["127.0.0.1", "localhost", HOUSE.host, "testserver"]
)
CSRF_TRUSTED_ORIGINS = [origin for origin in HOUSE.public_origins.split(",") if origin]

INSTALLED_APPS = [
    "tipline.interfaces.ui",  # first: its templates stand before the libraries' own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "tipline.platform.database",
    "tipline.platform.accounts",
    "tipline.platform.audit",
    "tipline.platform.vault",
    "tipline.reference.directory",
    "tipline.reference.partners",
    "tipline.reference.hashlists",
    "tipline.reports",
    "tipline.stages.intake",
    "tipline.stages.evidence",
    "tipline.stages.enrichment",
    "tipline.stages.linking",
    "tipline.stages.triage",
    "tipline.stages.routing",
    "tipline.stages.referral",
    "tipline.stages.feedback",
    "tipline.programs.identification",
    "tipline.programs.notices",
    "tipline.programs.survivors",
    "tipline.programs.statistics",
    "tipline.programs.telling",
    "tipline.interfaces.public",
    "tipline.interfaces.hotline",
    "tipline.interfaces.esp_web",
    "tipline.interfaces.desk",
    "tipline.interfaces.portal",
    "tipline.interfaces.survivors",
    "tipline.interfaces.hash_sharing",
    "tipline.interfaces.open_data",
]

# One deployable, one URLconf: a page that is not in it does not exist there.
ROOT_URLCONF = f"tipline.interfaces.{HOUSE.role}.urls" if HOUSE.role in PAGES else "tipline.interfaces.ui.no_urls"

DATABASES = {"default": django_database(HOUSE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

MIDDLEWARE = [
    "tipline.interfaces.ui.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tipline.interfaces.ui.middleware.BodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tipline.interfaces.ui.middleware.IdleLockMiddleware",
    "tipline.interfaces.ui.middleware.ScopeMiddleware",
    "tipline.interfaces.ui.middleware.RuleMiddleware",
]
# The wire door has no people, so no sessions: a cookie that somebody sends along must not even be looked at.
_OF_PEOPLE = (
    *("SessionMiddleware", "CsrfViewMiddleware", "AuthenticationMiddleware", "MessageMiddleware"),
    *("IdleLockMiddleware", "ScopeMiddleware"),
)
if HOUSE.role == "hash_sharing":
    MIDDLEWARE = [name for name in MIDDLEWARE if not name.endswith(_OF_PEOPLE)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "tipline.interfaces.ui.context.page",
            ],
        },
    }
]
# Bodies are held in memory by the front, each page's cap is its own (`interfaces.ui.bodies`); no file ever goes to a
# folder of temporary files in the clear.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MOST_IN_MEMORY
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # fields that are no files
# Brakes count here. At the default of 300 entries whoever has many addresses would push everybody's counts out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

# Log-in. Accounts are made by administrators; sign-up, password reset and mail pages have no address.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_HASHERS = {
    "argon2": "django.contrib.auth.hashers.Argon2PasswordHasher",
    "pbkdf2": "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # the FIPS-validated choice
}
PASSWORD_HASHERS = [_HASHERS.pop(HOUSE.password_hash), *_HASHERS.values()]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
]
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "tipline.interfaces.ui.login.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "tipline.interfaces.ui.login.forms.LoginForm"}
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip"}  # consecutive failures are counted in the database, see accounts.lockout
MFA_ADAPTER = "tipline.interfaces.ui.login.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "tipline.interfaces.ui.login.forms.CodeForm",
    "activate_totp": "tipline.interfaces.ui.login.forms.SetUpForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Set-up follows the password at once and never replaces an authenticator; accounts have no mail addresses here.
MFA_REAUTHENTICATION_REQUIRED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True

# Cookies: doors of one host differ by port alone, which cookies ignore; so each has names of its own.
_PREFIX = "__Host-" if HOUSE.production else ""
# A door at which nobody logs in asks the database for no session, whatever cookie a stranger sends.
SESSION_ENGINE = (
    "django.contrib.sessions.backends.signed_cookies"
    if HOUSE.role == "open_data"
    else "tipline.platform.accounts.sessions"
)
SESSION_COOKIE_NAME = f"{_PREFIX}tipline_{HOUSE.role}"
SESSION_COOKIE_AGE = HOUSE.session_hours * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HOUSE.production
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = f"{_PREFIX}tipline_{HOUSE.role}_form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "tipline.interfaces.ui.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers. HeadersMiddleware adds the rest.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HOUSE.tls_proxy else None
SECURE_SSL_REDIRECT = HOUSE.production
SECURE_HSTS_SECONDS = 63_072_000 if HOUSE.production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HOUSE.production
# Nothing reaches another site. Not "no-referrer": browsers then send "Origin: null" with every form, which no
# check against forged requests can tell from a stranger's.
SECURE_REFERRER_POLICY = "same-origin"
_SELF = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        **dict.fromkeys(("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"), _SELF),
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
