from celery import shared_task

from customers.actions import duplicates, stages


@shared_task
def move_stages() -> int:
    moved = 0
    while some := stages.move():
        moved += some
    return moved


@shared_task
def find_duplicates() -> int:
    return duplicates.find()
