"""Start from a plan that is ready made: a draft of one's own, with its texts and its segment."""

import re
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from calendars.models import Calendar
from communications.actions import plans, templates
from communications.designs import Design, StepDesign
from communications.models import Plan, Step, Template
from communications.readymade.catalogue import BY_CODE, NIGHT, ReadyPlan, ReadyStep
from communications.readymade.texts import texts
from customers import readymade as segments_ready
from customers.actions import segments
from customers.models import Segment
from people.models import User

NAME = re.compile(r"\{\{ \w+ \}\}")


class ReadymadeRefused(ValidationError):
    """``code`` is ``unknown_plan``."""


@transaction.atomic
def start(
    code: str, *, on: date | None = None, name: str = "", by: User | None = None, at: datetime | None = None
) -> Plan:
    """A draft of this ready-made plan. Texts and segments that are there already are taken as they are.

    ``on`` is the day of a campaign. Raises ReadymadeRefused.
    """
    ready = BY_CODE.get(code)
    if ready is None:
        raise ReadymadeRefused(_("There is no such plan ready made."), code="unknown_plan")
    at = at or timezone.now()
    columns: dict[str, Any] = ready.columns | {"quiet": NIGHT}
    if ready.kind == Plan.Kind.CAMPAIGN:
        columns["starts_on"] = on
    design = Design(
        **columns,
        segment_id=segment(ready.segment, by=by).pk if ready.segment else None,
        calendar_id=_calendar(ready),
        steps=tuple(_step(ready, step, by, at) for step in ready.steps),
    )
    return plans.create(
        name or str(ready.name), kind=ready.kind, design=design, needs_approval=True, owner=by, by=by, at=at
    )


def _step(ready: ReadyPlan, step: ReadyStep, by: User | None, at: datetime) -> StepDesign:
    amount, unit = step.offset
    text = texts()[step.text]
    script = NAME.sub("…", text.parts["en"]["text"]) if text.channel != Template.Channel.EMAIL else ""
    return StepDesign(
        key=step.key,
        name=str(step.name),
        kind=step.kind,
        amount=amount,
        unit=unit,
        template_id=_template(ready, step, by, at).pk,
        script=script,
        **step.more,
    )


def _template(ready: ReadyPlan, step: ReadyStep, by: User | None, at: datetime) -> Template:
    name = f"{ready.name}: {step.name}"
    known = Template.objects.filter(name=name).first()
    if known:
        return known
    text = texts()[step.text]
    return templates.make(name, channel=text.channel, purpose=ready.columns["purpose"], texts=text.parts, by=by, at=at)


def segment(code: str, *, by: User | None = None) -> Segment:
    """The ready-made segment of this code: the one of its name where there is one, else made now."""
    wanted = segments_ready.BY_CODE[code]
    known = Segment.objects.filter(name=str(wanted.name)).first()
    return known or segments.make(str(wanted.name), wanted.conditions, description=str(wanted.description), by=by)


def _calendar(ready: ReadyPlan) -> int | None:
    """The main calendar, where the plan counts business days."""
    if not any(step.offset[1] == Step.Unit.BUSINESS_DAYS for step in ready.steps):
        return None
    return Calendar.objects.filter(main=True).values_list("pk", flat=True).first()
