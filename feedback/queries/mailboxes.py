"""Which mailbox a case writes from, and where answers to it come back."""

from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from feedback.mail import addresses
from feedback.models import Case, Mail, Mailbox


def of_case(case: Case) -> Mailbox | None:
    """That of its team, else the main one."""
    found = Mailbox.objects.filter(Q(team=case.team_id, team__isnull=False) | Q(main=True), active=True)
    return found.order_by(F("team").desc(nulls_last=True), "-main", "pk").first()


def reply_to(case: Case) -> str:
    """The address for answers, signed for this case; "" where there is no mailbox."""
    mailbox = of_case(case)
    if mailbox is None:
        return ""
    return addresses.signed(mailbox.address, case.pk) if mailbox.plus_addresses else mailbox.address


def by_recipients(recipients: tuple[str, ...]) -> Mailbox | None:
    """The mailbox that a message was written to, where it is posted without saying to which."""
    wanted = [addresses.plain(address) for address in recipients]
    known = {mailbox.address: mailbox for mailbox in Mailbox.objects.filter(address__in=wanted)}
    return next((known[address] for address in wanted if address in known), None)


def mailboxes() -> QuerySet[Mailbox]:
    return Mailbox.objects.select_related("team").annotate(taken=Count("mail")).order_by("-main", "name", "pk")


def due(at: datetime) -> QuerySet[Mailbox]:
    """Those that are to be read now, and that nobody reads."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    return Mailbox.objects.filter(free, active=True, next_at__lte=at).exclude(host="").order_by("next_at", "pk")


def latest(mailbox: Mailbox, most: int = 25) -> list[Mail]:
    return list(mailbox.mail.select_related("case").order_by("-taken_at", "-pk")[:most])
