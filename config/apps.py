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
