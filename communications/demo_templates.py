"""What the invented company writes: a text for each channel, in English, Korean and Thai."""

import json
from pathlib import Path

from communications.actions import templates
from communications.models import Template
from customers.demo.company import Tell

TEXTS = Path(__file__).with_name("demo_templates.json")


def fill(tell: Tell) -> None:
    """Those that are not there yet."""
    known = set(Template.objects.values_list("name", flat=True))
    wanted = [each for each in json.loads(TEXTS.read_text(encoding="utf-8")) if each["name"] not in known]
    for each in wanted:
        templates.make(each["name"], channel=each["channel"], purpose=each["purpose"], texts=each["texts"])
    if wanted:
        tell(f"{len(wanted)} templates in three languages")
