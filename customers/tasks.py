from celery import shared_task

from customers.actions import stages


@shared_task
def move_stages() -> int:
    moved = 0
    while some := stages.move():
        moved += some
    return moved
