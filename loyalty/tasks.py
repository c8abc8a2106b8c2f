"""What loyalty does by itself; the timetable is in ``config/schedule.py``. Every task is safe to run late or twice."""

from celery import shared_task
from django.utils import timezone

from customers.actions import readers
from loyalty.actions import (
    audit,
    bulk_grants,
    earning,
    households,
    lapses,
    memberships,
    notices,
    partner_settlements,
    pictures,
    referrals,
    revocations,
    settlement,
    simulations,
    stamps,
    standings,
    trials,
)

FACTS_AT_ONCE = 200  # returns are undone one by one: a batch has to end long before a worker's time does


@shared_task
def react_to_facts() -> int:
    """Let purchases earn and returns take back; keep the points in the customers' profiles."""
    return readers.catch_up("loyalty", earning.react, verbs=earning.VERBS, limit=FACTS_AT_ONCE)


@shared_task
def settle_wallets() -> int:
    """Show what time has done: points that became available, points that expired."""
    return settlement.settle_due(at=timezone.now())


@shared_task
def release_unpaid() -> int:
    """Give back what was held for redemptions that nobody has completed in time."""
    return lapses.lapse_claims(at=timezone.now()) + lapses.release_holds(at=timezone.now())


@shared_task
def expire_vouchers() -> int:
    """End vouchers that are past their date; where a reward says so, give back what an unused one cost."""
    return lapses.expire_vouchers(at=timezone.now())


@shared_task
def settle_referrals() -> int:
    """Reward who brought a friend whose purchase has come to stay; put before somebody what looks strange.

    First take back what was given for one that had not, as somebody has told since.
    """
    return revocations.revoke_all(at=timezone.now()) + referrals.settle_due(at=timezone.now())


@shared_task
def sweep_pictures() -> int:
    """Remove files of pictures that were never kept, or are gone."""
    return pictures.sweep()


@shared_task
def count_stamps() -> int:
    """Let purchases and returns change the stamps of those who made them."""
    return readers.catch_up("stamps", stamps.react, verbs=stamps.VERBS)


@shared_task
def seal_ledger() -> int:
    return audit.seal()


@shared_task
def audit_ledger() -> int:
    """Prove the whole ledger. Returns how much was found wrong; the ledger page shows it."""
    audit.seal()
    return audit.audit().finding_count


@shared_task
def share_in_households() -> int:
    """Put the members' share of what has become available into their households."""
    return households.contribute_all(at=timezone.now())


@shared_task
def carry_grants_on() -> int:
    """One turn for every bulk grant under way, or being undone, that nobody is working on."""
    return bulk_grants.take_turns()


@shared_task
def tell_of_expiry() -> int:
    """Tell of points that expire soon, once for each date."""
    return notices.tell_of_expiry(at=timezone.now())


@shared_task
def settle_partners() -> int:
    """Issue last month's statements to partners."""
    return partner_settlements.settle_all(at=timezone.now())


@shared_task
def settle_tiers() -> int:
    """Bring everybody to the tier that they have by today. Returns how many rows changed."""
    return standings.settle_every_programme(at=timezone.now())


@shared_task
def end_memberships() -> int:
    """Remind of memberships that end soon, tell of those that ended, and let go of the tiers that they held up."""
    memberships.tell_what_is_due(at=timezone.now())
    return standings.settle_ended(at=timezone.now())


@shared_task
def try_rules() -> int:
    """Try the drafts of rules that somebody waits for."""
    return trials.go_on()


@shared_task
def replay_designs() -> int:
    """Replay past purchases by the designs that somebody waits for."""
    return simulations.go_on()
