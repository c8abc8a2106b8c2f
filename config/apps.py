import gc

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class BackOfficeConfig(AdminConfig):
    """Django's admin with our site as the default one; every app's ``pages`` module is found like its ``admin``."""

    default_site = "config.admin.BackOffice"

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("pages")


class MainstayConfig(AppConfig):
    """The project itself, for its commands."""

    name = "config"
    verbose_name = "Mainstay"

    def ready(self) -> None:
        """Look for garbage in cycles more rarely, and never in what is loaded for good.

        A batch makes ten thousands of objects and not one cycle. Looking through them again and again, and through
        all of Django with them, took half of Python's time for an earning of a batch.
        """
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
