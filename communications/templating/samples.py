"""Values of nobody in particular, to look at a template with. Pure."""

from typing import Any

from communications.templating.names import KNOWN, Kind

HOST = "https://shop.example"
SAMPLE: dict[str, Any] = {
    "name": "Ada King",
    "first_name": "Ada",
    "number": "1001",
    "city": "Berlin",
    "birthday": "10 Jun",
    "age": 36,
    "points": 1250,
    "points_name": "Leaf Club",
    "points_expiring": 200,
    "points_expire_on": "31 Mar",
    "tier": "Silver",
    "last_order": "R-1024",
    "last_bought_on": "2 Mar",
    "last_product": "Mountain mint",
    "purchases": 4,
    "vouchers": [{"code": "LEAF-2345-ABCD", "name": "5 off", "until": "30 Jun"}],
    "products": [{"name": "Lemon verbena", "code": "T-12"}, {"name": "Tea strainer", "code": "A-3"}],
    "business": "Leaves",
    "today": "1 Jun",
    "offer": "10 % off",
    "offer_code": "LEAF-6789-EFGH",
    "offer_until": "30 Jun",
    "content_title": "How to brew green tea",
    "event": "Tasting evening",
    "event_at": "12 Jun, 19:00",
    "event_place": "Our shop",
    "variant": "a",
    "order": "R-1024",
    "occasion": "Order R-1024",
    "agent": "Max",
}
SAMPLE |= {name: f"{HOST}/{name}" for name, known in KNOWN.items() if known.kind is Kind.LINK}
