"""Settings of the peer ``django-hordak``: its own apps and a database of its own in the same cluster."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "mptt", "djmoney", "hordak"]
MIDDLEWARE: list[str] = []
AUTH_USER_MODEL = "auth.User"
DATABASES["default"] |= {"NAME": "hordak"}  # noqa: F405
DEFAULT_CURRENCY = "EUR"
