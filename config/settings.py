"""The one settings file. Everything that differs between places is read from the environment."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config import embedded
from config.schedule import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
LOCAL = embedded.wanted()  # no DATABASE_URL: the embedded services, as `make run` and `make test` use them

if LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", default="only-for-this-machine")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
else:
    missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BROKER_URL") if not env.str(name, default="")]
    if missing:
        raise ImproperlyConfigured(f"Set {', '.join(missing)} in the environment; docs/operations.md explains each.")
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # not "unfold": that would put its own site in the place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "config.apps.BackOfficeConfig",
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
    "pgtrigger",
    "people",
    "customers",
    "integrations",
    "loyalty",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
            ],
        },
    }
]

DATABASES = {"default": embedded.database() if LOCAL else env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 10},
        # Django's default of None would turn every prepared statement off, also where a cursor asks for one. Nothing
        # is prepared unasked; the hot paths use psycopg's own cursor with prepare=True.
        "prepare_threshold": 1_000_000_000,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean")), ("th", _("Thai"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# The business that keeps its books here: money without a currency of its own, dates without a zone of their own.
BUSINESS_CURRENCY = env.str("BUSINESS_CURRENCY", default="EUR")
BUSINESS_ZONE = env.str("BUSINESS_ZONE", default="Europe/Berlin")
BUSINESS_COUNTRY = env.str("BUSINESS_COUNTRY", default="DE")  # how a phone number without a country code is read

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = LOCAL  # no collectstatic needed on a local run
MEDIA_ROOT = BASE_DIR / "var" / "media"

UNFOLD = {
    "SITE_TITLE": "Mainstay",
    "SITE_HEADER": "Mainstay",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("mainstay/logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("mainstay/logo.svg")}],
    "STYLES": [lambda request: static("mainstay/ms.css")],
    "SIDEBAR": {"navigation": "config.menu.sidebar", "show_search": True, "command_search": True},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "unfold_crispy"

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["config.permissions.HoldsPermission"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

CELERY_BROKER_URL = embedded.broker_url() if embedded.broker_wanted() else env.str("BROKER_URL")
CELERY_BEAT_SCHEDULE = TIMETABLE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "unacked_restore_throttle": 1}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
