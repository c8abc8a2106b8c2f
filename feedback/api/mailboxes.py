"""``/mailboxes/``: where e-mail comes in, and whether it does.

Passwords are neither told nor taken, and neither is the server that they go to: whoever could change the server could
have the password sent to another one. People enter both on the mailbox's page.
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged, etag, expected
from customers.api.customers import PAGE
from feedback.actions import mailboxes
from feedback.api.case_shapes import Code, Shape
from feedback.models import Case, Mailbox, Team
from feedback.queries.versions import version

SAME = ["name", "address", "main", "team", "kind", "list_id", "plus_addresses", "acknowledges", "active"]


class MailboxShown(serializers.ModelSerializer[Mailbox]):
    team = Code(read_only=True, allow_null=True)
    stuck = serializers.SerializerMethodField(help_text="How many messages could not be taken.")

    class Meta:
        model = Mailbox
        fields = ["id", *SAME, "host", "folder", "polled_at", "failures", "error", "stuck"]

    def get_stuck(self, one: Mailbox) -> int:
        return len(one.stuck)


class MailboxPage(Paged):
    results = MailboxShown(many=True)


class MailboxChange(Shape):
    name = OneLine(max_length=60, required=False)
    address = serializers.EmailField(max_length=254, required=False)
    main = serializers.BooleanField(required=False, help_text="Instead of another one.")
    team = Code(queryset=Team.objects.all(), required=False, allow_null=True, help_text="Gets what comes in.")
    kind = serializers.ChoiceField(choices=Case.Kind.choices, required=False)
    list_id = serializers.CharField(max_length=200, required=False, allow_blank=True)
    plus_addresses = serializers.BooleanField(required=False)
    acknowledges = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False)


class MailboxWish(MailboxChange):
    name = OneLine(max_length=60)
    address = serializers.EmailField(max_length=254)


class Mailboxes(ApiView):
    queryset = Mailbox.objects.select_related("team")
    lookup_value_regex = "[0-9]{1,15}"
    needs = {"create": "feedback.add_mailbox", "partial_update": "feedback.change_mailbox"}

    @extend_schema(parameters=PAGE, responses=MailboxPage)
    def list(self, request: Request) -> Response:
        """Mailboxes, when each was read, and what was wrong. Passwords are never told."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=MailboxShown)

    @extend_schema(responses=MailboxShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One mailbox."""
        return self._shown(self.get_object())

    @extend_schema(request=MailboxWish, responses={201: MailboxShown})
    def create(self, request: Request) -> Response:
        """An address whose mail is handed in at `/inbound/mail/`. Refused with `address_taken`.

        The server of one that is read over IMAP, its user and its password are entered by people, on its page.
        """
        return self._shown(mailboxes.save(Mailbox(), **self.wish(MailboxWish)), 201)

    @extend_schema(request=MailboxChange, responses=MailboxShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what you name. It is read again at once, if it is read."""
        wish = self.wish(MailboxChange)
        return self._shown(mailboxes.change(self.get_object(), seen=expected(request), **wish))

    def _shown(self, one: Any, status: int = 200) -> Response:
        return Response(MailboxShown(one).data, status=status, headers={"ETag": etag(version(one))})
