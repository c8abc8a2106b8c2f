"""``/inbound/mail/``: a mail server hands in what came in, as it came over the wire."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView
from feedback.actions import mail
from feedback.actions.refusals import CaseRefused
from feedback.mail.incoming import LARGEST
from feedback.models import Mail


class WireBody(BaseParser):
    """An e-mail with its headers, read up to one byte more than is taken."""

    media_type = "message/rfc822"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return bytes(stream.read(LARGEST + 1))


class MailTaken(serializers.ModelSerializer[Mail]):
    case = serializers.IntegerField(source="case_id", allow_null=True, help_text="The case that it went to.")

    class Meta:
        model = Mail
        fields = ["id", "outcome", "case", "received_at"]


class InboundMail(ApiView):
    queryset = Mail.objects.all()
    needs = {"create": "feedback.take_mail"}
    parser_classes = [WireBody]
    keeps_replies = False  # the same message is known by its Message-ID

    @extend_schema(request={"message/rfc822": OpenApiTypes.BINARY}, responses={200: MailTaken})
    def create(self, request: Request) -> Response:
        """Hand in one e-mail as `message/rfc822`, up to 30 MB. Sent again it is the same one; no key is needed.

        `outcome` says what came of it: `opened`, `heard` (went on with a case), `held` aside, `automatic`, `bounced`
        or `ignored`. The mailbox is found by its recipients.
        """
        raw = request.data
        if not isinstance(raw, bytes) or not raw.strip():
            raise CaseRefused(_("Send the e-mail as it came over the wire."), "mail_missing")
        return Response(MailTaken(mail.take(raw)).data, status=status.HTTP_200_OK)
