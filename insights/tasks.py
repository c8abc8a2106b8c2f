"""What insights do by themselves; the timetable is in ``config/schedule.py``. Safe to run late or twice."""

from celery import shared_task

from insights.actions import belongings, experiments, risk, rows, snapshots, views


@shared_task
def follow_purchases() -> int:
    """Note what changed on the timeline, and add it up."""
    belongings.catch_up()
    return rows.refresh()


@shared_task
def take_current_figures() -> int:
    """Those of the month under way, where something changed."""
    return snapshots.take_current()


@shared_task
def take_all_figures() -> int:
    """Those of every month that something changed, and what depends on the day."""
    return snapshots.take_all()


@shared_task
def send_views() -> int:
    """Pages of figures by e-mail, to who wanted them."""
    return views.send_due()


@shared_task
def score_customers() -> int:
    """The model of buying anew, and what it says of everybody; quarters that are over are held beside it."""
    risk.score()
    return risk.backtest()


@shared_task
def look_at_experiments() -> int:
    """Take the looks that are due; end what has come to its planned end."""
    return experiments.look_at_all()
