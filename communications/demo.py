"""Mail of the invented company: what its customers were written lately. None of it ever leaves, and none is queued."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from communications import demo_templates
from communications.actions import outbox
from communications.actions.outbox import Outgoing
from communications.models import Message
from customers.demo.company import Tell
from customers.models import EmailAddress, Purchase

LATEST = 40
KEY = "demo-message"
TEXT = """Good day,

thank you for your order {number}. We pack it today and tell you as soon as it is on its way.

Kind regards
Leaves, tea and herbs
"""
HTML = """<h1 style="color:#0f7770">Thank you</h1>
<p>We have received your order <b>{number}</b> and pack it today.</p>
<p>Kind regards<br>Leaves, tea and herbs</p>"""
UNSURE, REFUSED = 7, 11  # these of them show what can go wrong


def fill(count: int, *, today: date, tell: Tell) -> None:
    """A confirmation for each of the latest orders; one that was not taken, and one of which nobody knows."""
    demo_templates.fill(tell)
    if Message.objects.filter(key__startswith=f"{KEY}:").exists():
        return
    mails = EmailAddress.objects.filter(primary=True, customer__status="active")
    orders = Purchase.objects.filter(customer__in=mails.values("customer")).select_related("customer")
    latest = list(orders.order_by("-at", "-pk")[:LATEST])
    addresses = dict(mails.filter(customer__in=[one.customer_id for one in latest]).values_list("customer", "address"))
    with transaction.atomic():  # nobody can send them before they count as sent
        queued = outbox.queue_many(_confirmation(one, addresses[one.customer_id]) for one in reversed(latest))
        for place, message in enumerate(queued):
            _age(message, place)
    tell(f"{len(queued)} messages of the last days")


def _confirmation(order: Purchase, address: str) -> Outgoing:
    return Outgoing(
        to=address,
        subject=f"Your order {order.number}",
        text=TEXT.format(number=order.number),
        html=HTML.format(number=order.number),
        customer=order.customer,
        purpose="order",
        key=f"{KEY}:{order.pk}",
        due_at=order.at + timedelta(minutes=1),
    )


def _age(message: Message, place: int) -> None:
    message.handed_at, message.attempts = message.due_at, 1
    message.created_at = message.due_at - timedelta(minutes=1)
    message.state, message.sent_at = Message.State.SENT, message.due_at + timedelta(seconds=2)
    if place in (UNSURE, REFUSED):
        message.sent_at, message.ended_at = None, message.due_at + timedelta(minutes=5)
        unsure = place == UNSURE
        message.state = Message.State.UNCERTAIN if unsure else Message.State.FAILED
        message.reason = "worker_lost" if unsure else "refused"
        message.error = "" if unsure else "550 5.2.2 The mailbox is full"
    message.save()


def long_since_sent(count: int, *, today: date, tell: Tell) -> None:
    """What the invented company wrote on days long gone has long arrived: nobody is written to about it now."""
    gone = Message.objects.filter(state=Message.State.QUEUED, due_at__date__lt=today - timedelta(days=1))
    sent = gone.update(
        state=Message.State.SENT,
        attempts=1,
        created_at=F("due_at") - timedelta(minutes=1),
        handed_at=F("due_at"),
        sent_at=F("due_at") + timedelta(seconds=2),
    )
    if sent:
        tell(f"{sent} older messages have arrived")
