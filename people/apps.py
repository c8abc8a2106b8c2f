from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from people.roles import Role


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Refuse a role that there is not: whoever meant another would believe it protected."""
        if unknown := sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role.values)):
            raise ImproperlyConfigured(
                f"SECOND_FACTOR_ROLES names {', '.join(unknown)}. The roles are {', '.join(Role.values)}."
            )
