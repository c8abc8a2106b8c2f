"""Who the customers are, and what is known of each, with where it came from."""

from typing import Any, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Collate, Lower, Now, Reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _


def told(*, exclude: tuple[str, ...] = ()) -> Any:
    """Keep what a row said before each change or removal, and who made it. Inserts leave nothing."""
    return pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), exclude=list(exclude))


class CustomerQuerySet(models.QuerySet["Customer"]):
    def standing(self) -> Self:
        """Those who are still a person of their own: neither merged into another nor erased."""
        return self.filter(status=Customer.Status.ACTIVE)


@told(exclude=("version", "sort_key", "consents"))
class Customer(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        MERGED = "merged", _("merged")
        ERASED = "erased", _("erased")

    number = models.CharField(_("number"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    sort_key = models.CharField(
        max_length=200,
        editable=False,
        blank=True,
        help_text="The name without case and accents: the embedded server sorts by code point only.",
    )
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("month of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("day of birth"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    zone = models.CharField(_("zone"), max_length=50, blank=True, help_text=_("IANA name, such as Asia/Seoul."))
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    came_from = models.CharField(_("came from"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.ACTIVE, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged", db_index=False
    )
    merged_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    consents = models.IntegerField(
        default=0, db_default=0, editable=False,
        help_text="What holds of the decisions, a bit for each; only the trigger of those writes it.",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Grows with each change of the row.")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("merge_customer", _("Can merge two customers")),
            ("erase_customer", _("Can erase a customer")),
            ("export_customer", _("Can export what is held about a customer")),
        ]
        constraints = [
            models.CheckConstraint(
                name="merged_customer_names_its_successor",
                condition=Q(status="merged", merged_into__isnull=False, merged_at__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True, merged_at__isnull=True)),
            ),
            models.CheckConstraint(name="customer_is_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
            models.CheckConstraint(
                name="erased_customer_has_a_time_and_no_name",
                condition=Q(status="erased", erased_at__isnull=False, name="")
                | (~Q(status="erased") & Q(erased_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="birthday_has_month_and_day",
                condition=Q(birth_month__isnull=True, birth_day__isnull=True, birth_year__isnull=True)
                | Q(
                    birth_month__isnull=False,
                    birth_day__isnull=False,
                    birth_month__range=(1, 12),
                    birth_day__range=(1, 31),
                ),
            ),
            models.CheckConstraint(
                name="customer_country_is_two_letters", condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$")
            ),
            models.CheckConstraint(
                name="customer_place_has_both_coordinates",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
            models.CheckConstraint(name="customer_number_is_not_empty", condition=~Q(number="")),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            models.Index(fields=["id"], name="customer_standing", condition=Q(status="active")),
            models.Index(Collate("sort_key", "C"), name="customer_by_beginning", condition=Q(status="active")),
            GinIndex(
                Func("sort_key", function="customers_grams"),
                name="customer_by_part_of_name",
                condition=Q(status="active") & ~Q(sort_key=""),
            ),
            models.Index(fields=["merged_into"], name="customer_merged", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name or self.number

    @property
    def birthday_in_words(self) -> str:
        """13 April 2001, or 13 April where the year is not known; nothing where no birthday is."""
        if not self.birth_month:
            return ""
        parts = (self.birth_day, MONTHS[self.birth_month], self.birth_year)
        return " ".join(str(part) for part in parts if part)


@told()
class EmailAddress(models.Model):
    """Kept in lower case. Two customers may share one: that is a suggestion to merge them, not an error."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="email_addresses", db_index=False)
    address = models.EmailField(_("e-mail address"), max_length=254)
    primary = models.BooleanField(_("primary"), default=False)
    came_from = models.CharField(_("came from"), max_length=60, blank=True)
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("e-mail address")
        verbose_name_plural = _("e-mail addresses")
        constraints = [
            models.UniqueConstraint(fields=["customer", "address"], name="email_address_stands_once_per_customer"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(primary=True), name="customer_has_one_primary_email_address"
            ),
            models.CheckConstraint(name="email_address_is_lower_case", condition=Q(address=Lower("address"))),
        ]
        indexes = [models.Index(fields=["address"], name="email_by_beginning", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.address


@told()
class Phone(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="phones", db_index=False)
    number = models.CharField(_("phone number"), max_length=20, help_text=_("In the form +49301234567."))
    primary = models.BooleanField(_("primary"), default=False)
    came_from = models.CharField(_("came from"), max_length=60, blank=True)
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="phone_stands_once_per_customer"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(primary=True), name="customer_has_one_primary_phone"
            ),
            models.CheckConstraint(
                name="phone_is_in_international_form", condition=Q(number__regex=r"^\+[1-9][0-9]{5,14}$")
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="phone_by_number"),
            models.Index(OpClass(Reverse("number"), name="text_pattern_ops"), name="phone_by_last_digits"),
        ]

    def __str__(self) -> str:
        return self.number


@told()
class PostalAddress(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="postal_addresses")
    lines = models.TextField(_("street and house"))
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2)
    primary = models.BooleanField(_("primary"), default=False)
    came_from = models.CharField(_("came from"), max_length=60, blank=True)
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("postal address")
        verbose_name_plural = _("postal addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(primary=True), name="customer_has_one_primary_postal_address"
            ),
            models.CheckConstraint(name="address_country_is_two_letters", condition=Q(country__regex=r"^[A-Z]{2}$")),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in [*self.lines.splitlines(), f"{self.postcode} {self.city}".strip()] if part)


@told()
class Trait(models.Model):
    """One thing known about a customer, and where it came from."""

    class Kind(models.TextChoices):
        TRAIT = "trait", _("trait")
        LIKE = "like", _("likes")
        DISLIKE = "dislike", _("dislikes")
        BRAND = "brand", _("favourite brand")
        SOCIAL = "social", _("social handle")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="traits", db_index=False)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    name = models.CharField(
        _("name"), max_length=60, blank=True, help_text=_("What it is about: shoe size; the network of a handle.")
    )
    value = models.CharField(_("value"), max_length=200)
    came_from = models.CharField(_("came from"), max_length=60, blank=True)
    learnt_at = models.DateTimeField(_("learnt"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "name", "value"], name="trait_stands_once_per_customer"
            ),
            models.CheckConstraint(name="trait_says_something", condition=~Q(value="")),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}" if self.name else self.value
