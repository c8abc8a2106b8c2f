"""What the ledger refuses, for every action on points. Each has a code that other systems can rely on."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class InsufficientPoints(ValidationError):
    def __init__(self, wanted: int, available: int) -> None:
        super().__init__(
            _("%(wanted)s points are wanted, but only %(available)s are available: %(missing)s are missing."),
            code="insufficient_points",
            params={"wanted": wanted, "available": available, "missing": wanted - available},
        )


class InDebt(ValidationError):
    def __init__(self, debt: int) -> None:
        super().__init__(
            _("The customer owes %(debt)s points, which come first."), code="in_debt", params={"debt": debt}
        )


class IdempotencyConflict(ValidationError):
    def __init__(self, key: str) -> None:
        super().__init__(
            _("The key %(key)s was used before, for something else."), code="idempotency_conflict", params={"key": key}
        )


class DuplicateReference(ValidationError):
    def __init__(self, natural_key: str, transaction: int | None = None) -> None:
        super().__init__(
            _("Points for %(natural_key)s were posted before."),
            code="duplicate_reference",
            params={"natural_key": natural_key, "transaction": transaction},
        )


class AlreadyResolved(ValidationError):
    def __init__(self, hold: int) -> None:
        super().__init__(
            _("Hold %(hold)s was captured or released before."), code="already_resolved", params={"hold": hold}
        )


class ExceedsHold(ValidationError):
    def __init__(self, wanted: int, held: int) -> None:
        super().__init__(
            _("%(wanted)s points cannot be captured: %(held)s are held."),
            code="exceeds_hold",
            params={"wanted": wanted, "held": held},
        )


class OverReversal(ValidationError):
    def __init__(self, wanted: int, left: int) -> None:
        super().__init__(
            _("%(wanted)s points cannot be taken back: %(left)s are left of the transaction."),
            code="over_reversal",
            params={"wanted": wanted, "left": left},
        )


class WalletFrozen(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("The wallet is frozen: points neither come nor go."), code="wallet_frozen")


class WalletClosed(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("The wallet is closed."), code="wallet_closed")


class OpenHold(ValidationError):
    def __init__(self, held: int) -> None:
        super().__init__(
            _("%(held)s points are held for a redemption: capture or release it first."),
            code="open_hold",
            params={"held": held},
        )


class NotThisKind(ValidationError):
    def __init__(self, wanted: str) -> None:
        super().__init__(
            _("This is another kind of transaction; it has to be “%(wanted)s”."),
            code="not_this_kind",
            params={"wanted": wanted},
        )


class NoPoints(ValidationError):
    def __init__(self, points: int) -> None:
        super().__init__(
            _("%(points)s is not a number of points to move."), code="no_points", params={"points": points}
        )


class ReasonMissing(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Say why."), code="reason_missing")


class ControlTotalDiffers(ValidationError):
    def __init__(self, declared: int, counted: int) -> None:
        super().__init__(
            _("The rows sum to %(counted)s points, and %(declared)s were declared: nothing was written."),
            code="control_total_differs",
            params={"declared": declared, "counted": counted},
        )
