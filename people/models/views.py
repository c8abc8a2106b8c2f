"""Views of a page that somebody wants to come back to: what stands in its address, under a name."""

from typing import Any, Self
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class NamedViewQuerySet(models.QuerySet[Any]):
    def seen_by(self, person: Any) -> Self:
        """One's own first, then those that are shown to this person, by name."""
        mine = Case(When(owner=person.pk, then=Value(0)), default=Value(1))
        found = self.filter(Q(owner=person.pk) | self.model.shown_to(person)).select_related("owner")
        return found.order_by(mine, "name", "pk")

    def shared(self) -> Self:
        """Those that somebody else than their owner sees."""
        return self.filter(self.model.SHARED)


class NamedView(models.Model):
    """A name for a page with its filters. Each page that keeps views has a table of its own of them.

    Who made it owns it, and alone changes it; what is shared by somebody who left belongs to whoever takes it over.
    """

    PAGE = ""  # the name of the page's address
    SHARED = Q(shared=True)

    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, blank=True, help_text="The filters as the address has them, in order.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shared = models.BooleanField(
        _("shared"), default=False, db_default=False, help_text="Everybody who sees the page sees it."
    )

    objects: Any = NamedViewQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def shown_to(cls, person: Any) -> Q:
        """Which of other people's views somebody sees."""
        return cls.SHARED

    @property
    def is_shared(self) -> bool:
        """Whether anybody but the owner sees it."""
        return self.shared

    @property
    def place(self) -> str:
        """The page that it is a view of: that page may open with it."""
        return self.PAGE

    @property
    def address(self) -> str:
        page = reverse(f"admin:{self.PAGE}")
        return f"{page}?{self.query}" if self.query else page

    @property
    def filters(self) -> dict[str, str]:
        return dict(parse_qsl(self.query))

    def changeable(self, by: Any) -> bool:
        return bool(self.owner_id == by.pk or (self.is_shared and not self.owner.is_active))
