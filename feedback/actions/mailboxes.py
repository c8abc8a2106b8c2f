"""Read mailboxes: what is new is taken, each message once, whoever dies in between.

A message is taken (a transaction), then marked or moved, then passed by. Who dies after the first step takes the
same message again, which is known by its Message-ID; after the second there is nothing left to take.
"""

import logging
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import imap
from feedback.actions import mail
from feedback.actions.refusals import SettingChanged
from feedback.imap import Account, Folder, ImapError, Refused
from feedback.models import Mailbox
from feedback.queries import mailboxes
from feedback.queries.versions import version
from integrations import signing

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=6)  # longer than a task may take
SECONDS = 120  # for one mailbox at a time: others wait
TRIES = 3  # of a message that cannot be taken; then it stays where it is, and is told of
PREFIX = "MAILBOX_"


class MailboxRefused(ValidationError):
    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code][1], code=code)
        self.field = REASONS[code][0]


REASONS = {
    "address_taken": ("address", _("Another mailbox has this address.")),
    "user_missing": ("username", _("Enter the user name on the IMAP server.")),
    "password_missing": ("password", _("Enter the password, or name the variable that holds it.")),
    "password_twice": ("password_name", _("Either a password or the name of a variable, not both.")),
    "name_not_allowed": ("password_name", _("The name of the variable must begin with MAILBOX_.")),
    "password_again": ("password", _("Enter the password again: it would go to another server.")),
    "tls_missing": ("security", _("Without TLS only a server on this machine is read.")),
}


@transaction.atomic
def save(mailbox: Mailbox, *, password: str = "", **values: Any) -> Mailbox:
    """Set a mailbox up, or change it; a blank password leaves the one that is there. It is read again at once.

    Raises MailboxRefused with a code of ``REASONS``.
    """
    for name, value in values.items():
        setattr(mailbox, name, value)
    mailbox.address = mailbox.address.strip().lower()
    _check(mailbox, password)
    if password:
        mailbox.password = signing.seal(password)
    elif mailbox.password_name or not mailbox.host:
        mailbox.password = ""
    if mailbox.main:
        Mailbox.objects.filter(main=True).exclude(pk=mailbox.pk).update(main=False)
    mailbox.next_at, mailbox.failures, mailbox.error = timezone.now(), 0, ""
    mailbox.save()
    return mailbox


@transaction.atomic
def change(mailbox: Mailbox, *, seen: int | None = None, **values: Any) -> Mailbox:
    """Change what is named. ``seen`` is the version that was read. Raises SettingChanged and MailboxRefused."""
    mailbox = Mailbox.objects.select_for_update(of=["self"]).get(pk=mailbox.pk)
    if seen not in (None, version(mailbox)):
        raise SettingChanged
    return save(mailbox, **values)


def _check(mailbox: Mailbox, password: str) -> None:
    if Mailbox.objects.filter(address=mailbox.address).exclude(pk=mailbox.pk).exists():
        raise MailboxRefused("address_taken")
    if password and mailbox.password_name:
        raise MailboxRefused("password_twice")
    if not mailbox.host:
        return
    if not mailbox.username:
        raise MailboxRefused("user_missing")
    if mailbox.password_name and not mailbox.password_name.startswith(PREFIX):
        raise MailboxRefused("name_not_allowed")
    if not (password or mailbox.password or mailbox.password_name):
        raise MailboxRefused("password_missing")
    if mailbox.password and not password and mailbox.host != _known_host(mailbox):
        raise MailboxRefused("password_again")
    if mailbox.security == Mailbox.Security.NONE and mailbox.host not in imap.LOOPBACK:
        raise MailboxRefused("tls_missing")


def _known_host(mailbox: Mailbox) -> str | None:
    return Mailbox.objects.filter(pk=mailbox.pk).values_list("host", flat=True).first()


def try_connection(mailbox: Mailbox) -> int:
    """Sign in and look into the folder, taking nothing. Returns how many messages are new. Raises ImapError."""
    with imap.opened(_account(mailbox)) as folder:
        return len(folder.newer_than(mailbox.last_uid if mailbox.uid_validity == folder.validity else 0))


def read_due(*, at: datetime | None = None) -> int:
    """Read every mailbox that is due. Returns how many messages were taken."""
    return sum(read(mailbox) for mailbox in mailboxes.due(at or timezone.now()))


def read(mailbox: Mailbox) -> int:
    """Take what is new in a mailbox. What goes wrong stands on its page, and it is tried again later, ever later."""
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("read may not be called inside a transaction")
    if not _leased(mailbox):
        return 0
    taken, refused, error = 0, "", ""
    try:
        with imap.opened(_account(mailbox)) as folder:
            taken, refused = _read(mailbox, folder)
    except ImapError as flaw:
        error = str(flaw)
    finally:
        _released(mailbox, error or refused, failed=bool(error))
    return taken


def _leased(mailbox: Mailbox) -> bool:
    """One worker at a time reads a mailbox; one who dies is waited for some minutes."""
    now = timezone.now()
    free = Mailbox.objects.filter(pk=mailbox.pk, active=True).exclude(lease_until__gte=now)
    leased = bool(free.update(lease_until=now + LEASE))
    mailbox.refresh_from_db()
    return leased


def _released(mailbox: Mailbox, error: str, *, failed: bool) -> None:
    now = timezone.now()
    failures = mailbox.failures + 1 if failed else 0
    pause = min(EVERY * 2 ** min(failures - 1, 10), LONGEST_PAUSE) if failed else EVERY
    Mailbox.objects.filter(pk=mailbox.pk).update(
        lease_until=None, polled_at=now, next_at=now + pause, failures=failures, error=error[:300]
    )


def _read(mailbox: Mailbox, folder: Folder) -> tuple[int, str]:
    """How many were taken, and what the server last refused about a single one: the others do not wait for it."""
    _begin(mailbox, folder)
    if mailbox.taken_folder:
        folder.make(mailbox.taken_folder)
    again = sorted(int(uid) for uid, told in mailbox.stuck.items() if told["tries"] < TRIES)
    taken, refused, until = 0, "", monotonic() + SECONDS
    for uid in (*folder.newer_than(mailbox.last_uid), *again):
        if monotonic() > until:
            break
        try:
            taken += _take(mailbox, folder, uid)
        except Refused as flaw:
            refused = str(flaw)
    return taken, refused


def _begin(mailbox: Mailbox, folder: Folder) -> None:
    """From which message on. A server that has numbered them anew is read from the start: each is known by its id."""
    if mailbox.uid_validity == folder.validity:
        return
    first = mailbox.uid_validity is None and not mailbox.take_old
    mailbox.last_uid = max(0, folder.next_uid - 1) if first else 0
    mailbox.uid_validity, mailbox.stuck = folder.validity, {}
    mailbox.save(update_fields=["uid_validity", "last_uid", "stuck"])


def _take(mailbox: Mailbox, folder: Folder, uid: int) -> int:
    """Take a message, and mark or move it. Raises Refused where the server does not hand it out, which is asked again
    each time, or does not mark or move it.
    """
    tried, taken = mailbox.stuck.get(str(uid), {}).get("tries", 0), False
    try:
        fetched = folder.fetch(uid)
    except Refused as flaw:
        mailbox.stuck[str(uid)] = {"tries": tried, "error": str(flaw)[:100]}
        _passed(mailbox, uid)
        raise
    if fetched is not None:
        try:
            mail.take(fetched.raw, mailbox=mailbox, at=fetched.at)
            taken = True
        except (ValidationError, DatabaseError, ValueError, OSError) as flaw:
            log.exception("A message of mailbox %s could not be taken: UID %s", mailbox.pk, uid)
            mailbox.stuck[str(uid)] = {"tries": tried + 1, "error": type(flaw).__name__}
    try:
        if taken:
            folder.settle(uid, into=mailbox.taken_folder)
    except Refused as flaw:
        mailbox.stuck[str(uid)] = {"tries": tried + 1, "error": str(flaw)[:100]}
        _passed(mailbox, uid)
        raise
    if taken or fetched is None:
        mailbox.stuck.pop(str(uid), None)
    _passed(mailbox, uid)
    return int(taken)


def _passed(mailbox: Mailbox, uid: int) -> None:
    mailbox.last_uid = max(mailbox.last_uid, uid)
    mailbox.save(update_fields=["last_uid", "stuck"])


def _account(mailbox: Mailbox, environment: Mapping[str, str] = os.environ) -> Account:
    if mailbox.password_name:
        password = environment.get(mailbox.password_name, "") if mailbox.password_name.startswith(PREFIX) else ""
        if not password:
            raise ImapError(f"The variable {mailbox.password_name} is not set.")
    else:
        try:
            password = signing.unseal(mailbox.password)
        except signing.Unreadable:
            raise ImapError("The password cannot be read with this installation's key: enter it again.") from None
    return Account(mailbox.host, mailbox.port, mailbox.security, mailbox.username, password, mailbox.folder or "INBOX")
