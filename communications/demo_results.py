"""What came of a campaign of the invented company, as if it had gone out on its day: drawn by customers' numbers."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from communications import arrivals
from communications.models import Experiment, Plan
from customers.actions import timeline
from customers.models import Customer
from customers.queries import segments

# Two in a hundred refused, ten held out, the rest arrived.
CAME = f"""
WITH came AS (INSERT INTO communications_touchpoint (plan_id, version_id, step_id, step_key, customer_id, anchor_key,
    channel, variant, wanted_at, due_at, planned_at, queued_at, sent_at, ended_at, state, reason)
SELECT %(plan)s, %(version)s, %(step)s, %(key)s, id, 'date', 'email',
    CASE WHEN NOT %(tested)s THEN '' WHEN way %% 2 = 0 THEN 'a' ELSE 'b' END, %(at)s, %(at)s, %(at)s,
    CASE WHEN way < 90 THEN %(at)s::timestamptz END, CASE WHEN way < 88 THEN %(at)s::timestamptz END,
    CASE WHEN way >= 88 THEN %(at)s::timestamptz END,
    CASE WHEN way < 88 THEN 'sent' WHEN way < 90 THEN 'failed' ELSE 'skipped' END,
    CASE WHEN way < 88 THEN '' WHEN way < 90 THEN 'refused' ELSE 'holdout_of_plan' END
FROM (SELECT id, abs(hashtext(number || %(key)s || %(plan)s::text)) %% 100 AS way FROM customers_customer
    WHERE id = ANY(%(customers)s)) drawn
ON CONFLICT DO NOTHING RETURNING id, customer_id, plan_id, step_id, state, sent_at)
{timeline.INSERT_FACTS}
SELECT c.customer_id, {arrivals.VERB.format(kind="s.kind")}, c.sent_at, NULL, {arrivals.ABOUT}
FROM came c JOIN communications_step s ON s.id = c.step_id JOIN communications_plan p ON p.id = c.plan_id
WHERE c.state = 'sent' ORDER BY c.customer_id
"""
# About one in ten follows the link, of the second of two texts one in six.
CLICKED = f"""
{timeline.INSERT_FACTS}
SELECT customer_id, 'email_clicked',
    sent_at + (1 + abs(hashtext(anchor_key || customer_id)) %% 39) * interval '1 hour', NULL,
    jsonb_build_object('touchpoint', id)
FROM communications_touchpoint
WHERE plan_id = %(plan)s AND step_id = %(step)s AND state = 'sent'
    AND abs(hashtext(customer_id::text || plan_id::text)) %% 100 < CASE variant WHEN 'b' THEN 17 ELSE 10 END
ORDER BY customer_id
"""
# What opens and clicks add up to: those of people, and those of filters and proxies.
REACTED = """
INSERT INTO communications_reactiontotal (step_id, day, kind, target, machine, times)
SELECT %(step)s, %(at)s::timestamptz::date, kind, target, machine, share
FROM (SELECT count(*) AS sent, count(*) FILTER (WHERE abs(hashtext(customer_id::text || plan_id::text)) %% 100 <
        CASE variant WHEN 'b' THEN 17 ELSE 10 END) AS clicked
    FROM communications_touchpoint WHERE plan_id = %(plan)s AND step_id = %(step)s AND state = 'sent') there,
LATERAL (VALUES ('opened', '', false, sent * 46 / 100), ('opened', '', true, sent * 21 / 100),
    ('clicked', %(link)s, false, clicked), ('clicked', %(link)s, true, sent * 3 / 100)
) drawn (kind, target, machine, share)
WHERE share > 0 ON CONFLICT DO NOTHING
"""


def came(plan: Plan, on: dt.date) -> None:
    version = plan.current
    assert version is not None
    members = segments.members(version.segment) if version.segment else Customer.objects.standing()
    customers = list(members.values_list("pk", flat=True))
    tested = set(Experiment.objects.filter(step__version=version).values_list("step_id", flat=True))
    for step in version.steps.all():
        day = on + dt.timedelta(days=step.amount)
        values: dict[str, Any] = {
            "plan": plan.pk,
            "version": version.pk,
            "step": step.pk,
            "key": step.key,
            "at": dt.datetime.combine(day, dt.time(10), ZoneInfo(settings.BUSINESS_ZONE)),
            "customers": customers,
            "tested": step.pk in tested,
            "link": step.gives.get("content_link", "https://shop.example/"),
        }
        with connection.cursor() as cursor:
            cursor.execute(CAME, values)
            cursor.execute(CLICKED, values)
            cursor.execute(REACTED, values)
