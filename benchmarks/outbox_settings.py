"""The product's settings with the peer beside them, where it is installed: ``pip install -e .[bench]``."""

from importlib.util import find_spec

from config.settings import *  # noqa: F403

PEER = find_spec("post_office") is not None
if PEER:
    INSTALLED_APPS += ["post_office"]  # noqa: F405
    POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}, "LOG_LEVEL": 0}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = "127.0.0.1", "", "", False, False
OUTBOX = "smtp"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
