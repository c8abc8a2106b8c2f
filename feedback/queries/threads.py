"""To whom an answer goes, and how its mail program knows what it answers."""

from feedback.models import Case, Entry

MOST, LONGEST = 20, 1_900  # Message-IDs, and characters of them


def address_of(case: Case) -> str:
    """Where the customer wrote from, else their first address; empty where neither is known."""
    if "@" in case.sender_address:
        return case.sender_address
    if case.customer is None:
        return ""
    first = case.customer.email_addresses.order_by("-primary", "pk").first()
    return first.address if first else ""


def headers_of(case: Case) -> dict[str, str]:
    """In-Reply-To and References of the next answer; none where no e-mail went before."""
    entries = Entry.objects.filter(case=case, message_id__isnull=False).order_by("-at", "-pk")
    newest = list(entries.values_list("kind", "message_id")[:MOST])
    ids = [_bracketed(message_id) for _kind, message_id in reversed(newest) if message_id]
    if not ids:
        return {}
    while len(" ".join(ids)) > LONGEST:
        del ids[0]
    received = [_bracketed(message_id) for kind, message_id in newest if message_id and kind == Entry.Kind.RECEIVED]
    return {"In-Reply-To": received[0] if received else ids[-1], "References": " ".join(ids)}


def _bracketed(message_id: str) -> str:
    return message_id if message_id.startswith("<") else f"<{message_id}>"
