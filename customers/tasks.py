from celery import shared_task

from customers.actions import duplicates, stages
from customers.actions.imports import runs, turns


@shared_task
def move_stages() -> int:
    moved = 0
    while some := stages.move():
        moved += some
    return moved


@shared_task
def find_duplicates() -> int:
    return duplicates.find()


@shared_task
def look_for_duplicates() -> int | None:
    """Make the search that somebody has asked for."""
    return duplicates.look()


@shared_task
def carry_imports_on() -> int:
    """One turn for every import under way that nobody is working on."""
    return turns.take()


@shared_task
def sweep_uploads() -> int:
    """Remove uploaded files that no import needs any more."""
    return runs.sweep_all()
