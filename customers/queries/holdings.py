"""All that is held about a person, table by table.

Each app says in its AppConfig, under ``about_customers``, which of its tables tell of customers and by which path:
``{"Line": "purchase__customer"}``. A test fails where a table with a key to customers is named nowhere.

An app whose rows only change hands when two customers are merged says so under ``moved_with_customer``, by table and
key; one whose rows only lose what is personal when somebody is erased says under ``emptied_with_customer`` by which
path and what the columns become. Whoever has more to do has an action of its own, as loyalty has. Columns that tell
of ourselves and not of the person, such as what we have decided and not told yet, stand under ``kept_to_ourselves``.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model, Q
from django.utils import timezone

from customers.models import BadRow, Customer, EmailAddress, WaitingRow


def tables() -> dict[type[Model], tuple[str, ...]]:
    """Every table that tells of customers, with the paths from it to them."""
    return {
        config.get_model(name): (paths,) if isinstance(paths, str) else tuple(paths)
        for config in apps.get_app_configs()
        for name, paths in getattr(config, "about_customers", {}).items()
    }


def moving() -> list[tuple[type[Model], str]]:
    """Tables and keys that point at the survivor after a merge."""
    return [
        (config.get_model(name), key)
        for config in apps.get_app_configs()
        for name, key in getattr(config, "moved_with_customer", {}).items()
    ]


def emptied() -> list[tuple[type[Model], str, dict[str, Any]]]:
    """Tables that an erasure empties: by which path they tell of a customer, and what their columns become."""
    return [
        (config.get_model(name), path, blank)
        for config in apps.get_app_configs()
        for name, (path, blank) in getattr(config, "emptied_with_customer", {}).items()
    ]


def family(customer: Customer) -> list[int]:
    """The customer and all who were merged into it: what is held about one person may stand under any of them."""
    return [customer.pk, *customer.merged.order_by("pk").values_list("pk", flat=True)]


def held(customer: Customer) -> dict[str, Any]:
    """All that is held, ready for JSON: a list of rows under each table's name. Staff are left out."""
    ids = family(customer)
    answer: dict[str, Any] = {"number": customer.number, "exported_at": timezone.now()}
    answer["customers.customer"] = list(_rows(Customer, Q(pk__in=ids)))
    for model, paths in tables().items():
        fits = Q()
        for path in paths:
            fits |= Q(**{f"{path}__in": ids})
        rows = list(_rows(model, fits))
        if rows:
            answer[model._meta.label_lower] = rows
    told = telling_of([*(row["number"] for row in answer["customers.customer"]), *addresses(ids)])
    for refused in (BadRow, WaitingRow):  # they have no key to customers: some never became one
        if rows := list(_rows(refused, told)):
            answer[refused._meta.label_lower] = rows
    return answer


def addresses(customer_ids: Iterable[int]) -> list[str]:
    """The e-mail addresses of customers."""
    theirs = EmailAddress.objects.filter(customer__in=list(customer_ids))
    return list(theirs.values_list("address", flat=True))


def telling_of(identifiers: Collection[str]) -> Q:
    """Rows of files that are about one of these numbers, or say one of these e-mail addresses anywhere."""
    told = Q(customer__in=identifiers)
    if said := "|".join(sorted(re.escape(one) for one in identifiers if "@" in one)):
        told |= Q(cells__iregex=rf"(?<![a-z0-9._%+-])({said})(?!\.?[a-z0-9-])")
    return told


def _rows(model: type[Model], fits: Q) -> Iterator[dict[str, Any]]:
    ours = getattr(apps.get_app_config(model._meta.app_label), "kept_to_ourselves", {}).get(model.__name__, ())
    fields = [field for field in model._meta.concrete_fields if not _is_staff(field)]
    names = [field.attname for field in fields if field.name not in ours]
    yield from model._default_manager.filter(fits).order_by("pk").values(*names)


def _is_staff(field: Any) -> bool:
    return isinstance(field, ForeignKey) and field.related_model._meta.label == settings.AUTH_USER_MODEL


def unnamed(models: Iterable[type[Model]]) -> list[str]:
    """Those of the tables that have a key to customers and are not named by their app."""
    named = tables()
    return [
        model._meta.label
        for model in models
        if model not in named
        and model is not Customer
        and not model._meta.proxy
        and any(isinstance(field, ForeignKey) and field.related_model is Customer for field in model._meta.fields)
    ]
