"""The shape of what goes in and out. What is allowed is said by the actions."""

from typing import Any

from rest_framework import serializers

from config.rest import Moment, Paged
from customers.models import REPORTABLE, ConsentDecision, Customer, Fact, PostalAddress, Profile, Trait
from customers.newcomers import Address, Birthday, Knowledge

LIST: dict[str, Any] = {"required": False, "max_length": 50}


class BirthdayShape(serializers.Serializer[Any]):
    month = serializers.IntegerField(min_value=1, max_value=12)
    day = serializers.IntegerField(min_value=1, max_value=31)
    year = serializers.IntegerField(required=False, allow_null=True, min_value=1875, max_value=2100)

    def to_internal_value(self, data: Any) -> Birthday:
        return Birthday(**super().to_internal_value(data))


class AddressShape(serializers.ModelSerializer[PostalAddress]):
    country = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Two letters; left out, the customer's."
    )

    class Meta:
        model = PostalAddress
        fields = ["lines", "postcode", "city", "region", "country"]

    def to_internal_value(self, data: Any) -> Address:
        return Address(**super().to_internal_value(data))


class TraitShape(serializers.ModelSerializer[Trait]):
    class Meta:
        model = Trait
        fields = ["kind", "name", "value", "came_from"]
        read_only_fields = ["came_from"]

    def to_internal_value(self, data: Any) -> Knowledge:
        return Knowledge(**super().to_internal_value(data))


class Coordinate(serializers.DecimalField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=8, decimal_places=5, required=False, allow_null=True, **options)


class CustomerWish(serializers.Serializer[Any]):
    """What can be said about a customer."""

    name = serializers.CharField(required=False, allow_blank=True)
    emails = serializers.ListField(child=serializers.CharField(), **LIST, help_text="The first is the primary one.")
    phones = serializers.ListField(
        child=serializers.CharField(), **LIST, help_text="Any usual form; kept as +493012345678."
    )
    addresses = AddressShape(many=True, **LIST)
    traits = TraitShape(many=True, **LIST, help_text="All that you know; what other systems said stays.")
    birthday = BirthdayShape(required=False, allow_null=True)
    language = serializers.CharField(required=False, allow_blank=True, help_text="A code such as en or pt-BR.")
    zone = serializers.CharField(required=False, allow_blank=True, help_text="IANA name, such as Asia/Seoul.")
    country = serializers.CharField(required=False, allow_blank=True, help_text="Two letters.")
    city = serializers.CharField(required=False, allow_blank=True)
    latitude = Coordinate()
    longitude = Coordinate()

    def validate_emails(self, emails: list[str]) -> tuple[str, ...]:
        return tuple(emails)

    def validate_phones(self, phones: list[str]) -> tuple[str, ...]:
        return tuple(phones)


class NewCustomerWish(CustomerWish):
    number = serializers.CharField(
        required=False, allow_null=True, help_text="Your own number; left out, the next free one."
    )


class ProfileShown(serializers.ModelSerializer[Profile]):
    """Money is in minor units of `currency`."""

    class Meta:
        model = Profile
        fields = ["stage", "purchases", "first_purchase_at", "last_purchase_at", "usual_gap_days", "currency"]
        fields += ["gross", "returned"]


class CustomerShown(serializers.ModelSerializer[Customer]):
    emails = serializers.SerializerMethodField()
    phones = serializers.SerializerMethodField()
    addresses = AddressShape(many=True, source="postal_addresses")
    traits = TraitShape(many=True)
    birthday = serializers.SerializerMethodField()
    profile = ProfileShown(allow_null=True)

    class Meta:
        model = Customer
        fields = ["number", "name", "emails", "phones", "addresses", "traits", "birthday", "language", "zone"]
        fields += ["country", "city", "latitude", "longitude", "came_from", "created_at", "version", "profile"]
        read_only_fields = fields

    def get_emails(self, customer: Customer) -> list[str]:
        return [row.address for row in customer.email_addresses.all()]

    def get_phones(self, customer: Customer) -> list[str]:
        return [row.number for row in customer.phones.all()]

    def get_birthday(self, customer: Customer) -> dict[str, int | None] | None:
        if customer.birth_month is None:
            return None
        return {"month": customer.birth_month, "day": customer.birth_day, "year": customer.birth_year}


class CustomerPage(Paged):
    results = CustomerShown(many=True)


class FactShown(serializers.ModelSerializer[Fact]):
    about = serializers.DictField(help_text="Ids, numbers and amounts.")

    class Meta:
        model = Fact
        fields = ["id", "verb", "at", "recorded_at", "about"]


class FactPage(Paged):
    results = FactShown(many=True)


class ReportWish(serializers.Serializer[Any]):
    """Something that a customer did."""

    customer = serializers.CharField(help_text="The customer's number.")
    verb = serializers.ChoiceField(sorted(verb.value for verb in REPORTABLE))
    at = Moment(help_text="When it happened, with a zone.")
    source = serializers.CharField(help_text="The system that saw it: a short code.")  # type: ignore[assignment]
    key = serializers.CharField(help_text="Unique within the source: reported again, it is found.")
    about = serializers.DictField(required=False, default=dict, help_text="Particulars that the verb allows.")


class ConsentWish(serializers.ModelSerializer[ConsentDecision]):
    at = Moment(required=False, allow_null=True, help_text="When it was decided; left out, now.")

    class Meta:
        model = ConsentDecision
        fields = ["channel", "purpose", "granted", "source", "wording", "at"]
        extra_kwargs = {"granted": {"required": True}}


class ConsentShown(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(ConsentDecision.Channel.choices)
    purpose = serializers.ChoiceField(ConsentDecision.Purpose.choices)
    allowed = serializers.BooleanField()
    decided_at = Moment(source="decision.at", default=None, allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]
        source="decision.source", default=None, allow_null=True
    )
    wording = serializers.CharField(source="decision.wording", default=None, allow_null=True)
