"""Where customers are reached on each channel: their primary address, for many at once."""

from collections.abc import Collection

from communications.models import PushSubscription, Template
from customers.models import EmailAddress, Phone, PostalAddress

Channel = Template.Channel
DEVICES = "devices"  # in the place of an address: all of the customer's


def of_customers(customer_ids: Collection[int], channel: str) -> dict[int, str]:
    """An e-mail address, a phone number, the lines on an envelope, or "devices". Who has none is left out."""
    ids = list(customer_ids)
    if channel == Channel.EMAIL:
        mails = EmailAddress.objects.filter(customer__in=ids, primary=True)
        return dict(mails.values_list("customer_id", "address"))
    if channel in (Channel.SMS, Channel.CALL):
        phones = Phone.objects.filter(customer__in=ids, primary=True)
        return dict(phones.values_list("customer_id", "number"))
    if channel == Channel.LETTER:
        posts = PostalAddress.objects.filter(customer__in=ids, primary=True)
        return {post.customer_id: _envelope(post) for post in posts}
    return dict.fromkeys(PushSubscription.objects.filter(customer__in=ids).values_list("customer", flat=True), DEVICES)


def _envelope(post: PostalAddress) -> str:
    town = " ".join(part for part in (post.postcode, post.city) if part)
    return "\n".join(part for part in (*post.lines.splitlines(), town, post.region, post.country) if part)
