"""The one settings file. Everything that differs between places is read from the environment."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config import addresses, embedded, logs, theme
from config.enum_names import ENUM_NAMES
from config.schedule import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
LOCAL = not embedded.production()  # one's own machine: `make run` and `make test`, on the embedded servers

if LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", default="only-for-this-machine")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    needed = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "BROKER_URL")
    if missing := [name for name in needed if not env.str(name, default="").strip()]:
        raise ImproperlyConfigured(f"Set {', '.join(missing)} in the environment; docs/operations.md explains each.")
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # not "unfold": that would put its own site in the place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "config.apps.BackOfficeConfig",
    "config.apps.MainstayConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "crispy_forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "django_structlog",
    "django_prometheus",
    "csp",
    "pghistory",
    "people",
    "calendars",
    "customers",
    "integrations",
    "loyalty",
    "communications",
    "feedback",
    "advisory",
    "insights",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.RequestLog",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.own_language_and_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "people.middleware.second_factor",
    "people.middleware.session_seen",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.errors.Unstorable",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "integrations.middleware.api",  # the innermost
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context.shell",
            ],
        },
    }
]

database: dict[str, Any] = {**(embedded.database() if embedded.wanted() else env.db("DATABASE_URL"))}
DATABASES = {"default": database}
database |= {
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        **database.get("OPTIONS", {}),
        # Django's default of None would turn every prepared statement off, also where a cursor asks for one. Nothing
        # is prepared unasked; the hot paths use psycopg's own cursor with prepare=True.
        "prepare_threshold": 1_000_000_000,
    },
}
# Each process keeps a pool of connections: a new one for each request would cost PostgreSQL 5 ms. 0 means no pool.
if pool_size := env.int("DATABASE_POOL", default=8):
    database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

# Browsers. Behind a proxy that ends TLS, BEHIND_PROXY=1 believes its X-Forwarded-Proto and the last address of its
# X-Forwarded-For; without a proxy anybody could send these headers.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=not LOCAL)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0 if LOCAL else 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-eval'"],  # Alpine evaluates its attributes; no page has a script of its own
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Signing in. There is no signing up: managers invite people.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_FORMS = {"login": "people.forms.SignInForm"}
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation went to the address
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a new password or second factor is told to its owner
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Mainstay: "
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE says, for everybody
# Five wrong passwords shut the account's sign-in for a quarter of an hour, twenty shut the address's.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/15m/ip,5/15m/key"}
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
MFA_ADAPTER = "people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Mainstay"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
# "Managers,Support": nobody of them without one
SECOND_FACTOR_ROLES = [role.strip() for role in env.list("SECOND_FACTOR_ROLES", default=[])]

# Mail: EMAIL_URL=smtp+tls://user:password@host:587. A local run writes it to the console.
vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="Mainstay <mainstay@localhost>")
# Where the outbox hands messages to customers over: to that server, or on one's own machine into files of a folder.
# In production without a server they wait.
OUTBOX = "smtp" if vars()["EMAIL_BACKEND"].endswith("smtp.EmailBackend") else "folder" if LOCAL else ""
OUTBOX_FOLDER = env.str("OUTBOX_FOLDER", default=str(BASE_DIR / "var" / "mail"))
OUTBOX_GROUP = env.int("OUTBOX_GROUP", default=50)  # marked in flight together: as many a crash may leave uncertain

TRACKING = env.str("TRACKING", default="")  # of opens and clicks: nothing, "aggregate" or "individual"
OUTBOX_LIMITS = env.str("OUTBOX_LIMITS", default="")  # gmail.com=100/minute, sms=2000/day
DKIM_KEY = env.str("DKIM_KEY", default="")  # PEM, or the path of a file with it
DKIM_DOMAIN, DKIM_SELECTOR = env.str("DKIM_DOMAIN", default=""), env.str("DKIM_SELECTOR", default="mainstay")
# SMS by a gateway that takes a POST, notifications on devices (web push): docs/communications.md.
SMS_URL, SMS_TOKEN = env.str("SMS_URL", default=""), env.str("SMS_TOKEN", default="")
SMS_SENDER, SMS_FIELDS = env.str("SMS_SENDER", default=""), env.str("SMS_FIELDS", default="")
SMS_AS_FORM = env.bool("SMS_AS_FORM", default=False)
PUSH_KEY = env.str("PUSH_KEY", default="")
PUSH_CONTACT = env.str("PUSH_CONTACT", default=f"mailto:{DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean")), ("th", _("Thai"))]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# The business that keeps its books here: money without a currency of its own, dates without a zone of their own.
BUSINESS_CURRENCY = env.str("BUSINESS_CURRENCY", default="EUR")
BUSINESS_ZONE = env.str("BUSINESS_ZONE", default="Europe/Berlin")
BUSINESS_NAME = env.str("BUSINESS_NAME", default="Mainstay")  # as customers know it
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")  # links in messages begin with it
BUSINESS_COUNTRY = env.str("BUSINESS_COUNTRY", default="DE")  # how a phone number without a country code is read

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = LOCAL  # no collectstatic needed on a local run
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

UNFOLD = {
    "SITE_TITLE": "Mainstay",
    "SITE_HEADER": "Mainstay",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("mainstay/logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("mainstay/logo.svg")}],
    "STYLES": [lambda request: static("mainstay/ms.css")],
    "SCRIPTS": [lambda request: static("mainstay/confirm.js"), lambda request: static("mainstay/once.js")],
    "COLORS": {"primary": theme.PRIMARY},
    "ACCOUNT": {"navigation": "config.menu.account_links"},
    "COMMAND": {"search_callback": "config.menu.find_pages"},
    "SIDEBAR": {"navigation": "config.menu.sidebar", "show_search": True, "command_search": True},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "unfold_crispy"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integrations.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",  # staff in the browser, with CSRF
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.permissions.HoldsPermission"],
    "DEFAULT_THROTTLE_CLASSES": ["integrations.throttling.Rate"],
    "DEFAULT_PARSER_CLASSES": ["config.bodies.JSONBody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.bodies.JSONOnly",
    "DEFAULT_SCHEMA_CLASS": "config.schema.Schema",
    "EXCEPTION_HANDLER": "config.errors.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
TOKEN_KNOWN_FOR = env.float("TOKEN_KNOWN_FOR", default=1.0)  # seconds until a process reads a token again
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # a thousand purchases with their lines fit

SPECTACULAR_SETTINGS = {
    "TITLE": "Mainstay",
    "VERSION": "1",
    "DESCRIPTION": (BASE_DIR / "config" / "api.md").read_text(),
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "PREPROCESSING_HOOKS": ["config.schema.only_versioned"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.say_what_can_go_wrong",
        "config.schema.nothing_else",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "persistAuthorization": False,
        "tryItOutEnabled": False,
        "deepLinking": True,
        "docExpansion": "none",
        "filter": True,
    },
}

BROKER_URL = embedded.broker_url() if embedded.broker_wanted() else env.str("BROKER_URL")
CACHE_URL = env.str("CACHE_URL", default="") or (
    embedded.cache_url() if embedded.broker_wanted() else addresses.cache_beside(BROKER_URL)
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}

CELERY_BROKER_URL = BROKER_URL
CELERY_BEAT_SCHEDULE = TIMETABLE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "unacked_restore_throttle": 1}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # they come again; finishing them too would be twice
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# What is seen from outside the process.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # without one there is no /metrics
logs.configure()
LOGGING = logs.configuration(
    as_json=env.bool("LOG_JSON", default=not LOCAL), level=env.str("LOG_LEVEL", default="WARNING" if LOCAL else "INFO")
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logs.START_LEVEL
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logs.REFUSAL_LEVEL
