"""A small invented company to look around in: ``manage.py demo``. Run again, it finds everything there."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advisory import demo as boards_demo
from advisory import demo_meetings, demo_recommendations
from calendars import demo as calendars_demo
from communications import demo as communications_demo
from communications import demo_plans
from customers.demo import company
from feedback import demo_cases, demo_desk, demo_promises, demo_surveys
from insights import demo as insights_demo
from loyalty import demo as loyalty_demo
from loyalty import (
    demo_partners,
    demo_programmes,
    demo_referrals,
    demo_rules,
    demo_simulations,
    demo_tiers,
    reward_demo,
)
from people.actions.people import create_demo_staff

Part = Callable[..., None]

# What each app has to show, in the order of the apps. A part is called with the number of customers, ``today`` and
# ``tell`` for its progress; what it finds there it leaves alone, and where that is all it tells nothing.
PARTS: tuple[tuple[str, Part], ...] = (
    ("Opening hours", calendars_demo.fill),
    ("Customers and purchases", company.fill),
    ("Earning rules", demo_rules.fill),
    ("Points", loyalty_demo.fill),
    ("Rewards", reward_demo.fill),
    ("Tiers, members and causes", demo_tiers.fill),
    ("Reviews and photos", demo_rules.deeds),
    ("Friends and receipts", demo_referrals.fill),
    ("Partners, households, grants", demo_partners.fill),
    ("Other programmes and gifts", demo_programmes.fill),
    ("Simulator", demo_simulations.fill),
    ("What is promised to customers", demo_promises.fill),
    ("Outbox", communications_demo.fill),
    ("Plans", demo_plans.fill),
    ("Cases", demo_cases.fill),
    ("Surveys", demo_surveys.fill),
    ("Advisory boards", boards_demo.fill),
    ("Recommendations", demo_recommendations.fill),
    ("The desk", demo_desk.fill),
    ("Meetings of the boards", demo_meetings.fill),
    ("What was written before", communications_demo.long_since_sent),
    ("Figures", insights_demo.fill),
)


class Command(BaseCommand):
    help = "Fill the database with an invented shop: customers, two years of purchases, one person per role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=2000, help="how many (default: 2000)")
        parser.add_argument("--yes", action="store_true", help="also into a database that DATABASE_URL names")

    def handle(self, *args: Any, customers: int, yes: bool, **options: Any) -> None:
        if customers < 1:
            raise CommandError("--customers takes a number from 1.")
        if not (settings.LOCAL or yes):
            raise CommandError(
                "DATABASE_URL names a database, and this would put invented customers and people with known "
                "passwords into it. Say --yes if that is what you want."
            )
        started = monotonic()
        create_demo_staff(anywhere=yes)
        for title, part in PARTS:
            self.run(title, part, customers)
        self.say(f"The demo company is there ({monotonic() - started:.0f} s).")

    def run(self, title: str, part: Part, customers: int) -> None:
        told = []

        def tell(text: str) -> None:
            told.append(text)
            self.say(f"  {title}: {text}")

        part(customers, today=datetime.now(UTC).date(), tell=tell)
        if not told:
            self.say(f"  {title}: there already.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
