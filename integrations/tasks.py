from celery import shared_task

from customers.actions import readers
from integrations.actions import deliveries, replies, webhooks


@shared_task
def forget_old_replies() -> int:
    return replies.forget_old()


@shared_task
def queue_webhooks() -> int:
    return readers.catch_up("webhooks", webhooks.queue)


@shared_task
def send_webhooks() -> int:
    return deliveries.send_due()


@shared_task
def forget_old_deliveries() -> int:
    return deliveries.forget_old()
