"""``/customers/…/receipts/``, ``…/contributions/``: what customers send, kept until somebody has looked at it."""

import base64
import binascii
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day, OneLine, Paged
from customers.api.customers import PAGE, customer_at
from loyalty.actions import contents
from loyalty.actions.contents import Typed
from loyalty.api.shapes import Shape
from loyalty.images import PictureRefused
from loyalty.models import Submission

NEEDS = "loyalty.add_submission"
PICTURE = "A JPEG, PNG or WebP file in base64, 3.5 MB at most. It is made anew without its metadata."


class ReceiptWish(Shape):
    picture = serializers.CharField(help_text=PICTURE)
    store = OneLine(required=False, max_length=60)
    number = OneLine(required=False, max_length=60)
    bought_on = Day(required=False)
    total = serializers.IntegerField(required=False, min_value=0, max_value=10**12, help_text="Minor units.")


class ContributionWish(Shape):
    kind = serializers.ChoiceField([each for each in Submission.Kind.choices if each[0] != Submission.Kind.RECEIPT])
    subject = OneLine(max_length=60, help_text="Code of the product or the question.")
    text = serializers.CharField(required=False, max_length=10_000)
    rating = serializers.IntegerField(required=False, min_value=1, max_value=5)
    picture = serializers.CharField(required=False, help_text=PICTURE)


class SubmissionShown(serializers.ModelSerializer[Submission]):
    class Meta:
        model = Submission
        fields = ["id", "kind", "state", "subject", "rating", "store", "number", "bought_on", "total", "points"]
        fields += ["reason", "submitted_at", "decided_at"]


class SubmissionPage(Paged):
    results = SubmissionShown(many=True)


def unpacked(sent: str) -> bytes:
    """Raises PictureRefused."""
    try:
        return base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError) as flaw:
        raise PictureRefused("not_a_picture") from flaw


class CustomerContents(ApiView):
    queryset = Submission.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    confidential = True

    @extend_schema(request=ReceiptWish, responses={201: SubmissionShown})
    @action(detail=True, methods=["post"], needs=NEEDS)
    def receipts(self, request: Request, number: str) -> Response:
        """Send a receipt. Store, number, day and total may be left out: staff type what stands on it.

        Refused with `duplicate_receipt`, `duplicate_picture`, `not_a_picture`, `picture_too_large`,
        `picture_too_small`, `too_many_today`, `receipt_too_old` or `receipt_in_the_future`.
        """
        customer, wish = customer_at(number), self.wish(ReceiptWish)
        self.tells_of(customer.pk)
        picture = unpacked(wish.pop("picture"))
        return self._sent(contents.send_receipt(customer, picture, typed=Typed(**wish)))

    @extend_schema(request=ContributionWish, responses={201: SubmissionShown})
    @action(detail=True, methods=["post"], needs=NEEDS)
    def contributions(self, request: Request, number: str) -> Response:
        """Send a review, a photo or an answer.

        Refused with `too_short`, `duplicate_content`, `duplicate_picture`, `too_many_today`, `subject_missing`,
        `rating_out_of_range`, or for its picture as a receipt is.
        """
        customer, wish = customer_at(number), self.wish(ContributionWish)
        self.tells_of(customer.pk)
        if "picture" in wish:
            wish["picture"] = unpacked(wish["picture"])
        return self._sent(contents.send(customer, **wish))

    @extend_schema(parameters=PAGE, responses=SubmissionPage)
    @action(detail=True)
    def submissions(self, request: Request, number: str) -> Response:
        """What a customer has sent and what became of it, latest first; `reason` is what staff wrote to them."""
        sent = self.get_queryset().filter(customer=customer_at(number))
        return self.page(sent, order=("-pk",), kinds=(int,), shape=SubmissionShown)

    def _sent(self, submission: Any) -> Response:
        return Response(SubmissionShown(submission).data, status=201)
