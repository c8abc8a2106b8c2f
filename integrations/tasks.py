from celery import shared_task

from integrations.actions import replies


@shared_task
def forget_old_replies() -> int:
    return replies.forget_old()
