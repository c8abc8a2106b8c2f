"""The people who work in the back office."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower


class User(AbstractUser):
    """One who signs in. What they may do comes from their groups."""

    zone = models.CharField(max_length=50, default="UTC", help_text="IANA name; times are shown in it.")
    language = models.CharField(max_length=10, default="en")
    opens_with = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), editable=False,
        help_text="Which saved view a page opens with, by the name of the page.",
    )  # fmt: skip

    class Meta(AbstractUser.Meta):
        permissions = [("manage_people", "Can invite people, give them a role and shut them out")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_email", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
