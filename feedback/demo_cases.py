"""Cases of the invented company: two years of them, and some that are about to be late now."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from customers.demo.company import Tell
from customers.models import Customer
from feedback.actions import cases, complaints, conversation, corrective, redress, reopenings
from feedback.demo_stories import ACTIONS, CAUSES, LETTERS, NOT_UPHELD, STORIES, THEMES
from feedback.models import Case, CaseSettings, LetterTemplate, Member, Redress, RedressLimit, RootCause, Team, Theme
from people.models import User
from people.roles import Role

SEED, DAYS = 29, 730
LONG_AGO = 30  # days, after which nothing is left open
LIVELY = 180  # the last days, in which points are given: older ones would be gone by now
RECENT = (0.3, 0.7, 1.5, 3, 5, 7.5, 11, 20, 30, 50, 75, 120)  # hours ago: those that nobody has settled yet
CHANNELS = (*[Case.Channel.EMAIL] * 5, *[Case.Channel.WEB] * 3, Case.Channel.PHONE, Case.Channel.PERSON)


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Teams, trees, letters and limits, then case by case. Asked again, nothing happens."""
    if Case.objects.filter(key__startswith="demo:").exists():
        return
    customers = list(Customer.objects.filter(status=Customer.Status.ACTIVE).order_by("pk")[:5000])
    staff = list(User.objects.filter(groups__name=Role.SUPPORT, is_active=True).order_by("pk"))
    managers = list(User.objects.filter(groups__name=Role.MANAGERS, is_active=True).order_by("pk"))
    if not customers or not staff or not managers:
        return
    now = min(timezone.now(), datetime.combine(today, time(23, 59), tzinfo=UTC))
    with transaction.atomic():
        set_up(staff, now)
        company = Company(Random(SEED), customers, staff, managers[0], now)  # noqa: S311
        many = company.tell_all(max(24, min(count // 8, 400)))
        company.plan()
    tell(f"{many} cases, of which {Case.objects.open().count()} are open")


def set_up(staff: list[User], now: datetime) -> None:
    """What managers would have written before the first case came in."""
    team, _made = Team.objects.get_or_create(
        code="service", defaults={"name": "Customer service", "main": not Team.objects.filter(main=True).exists()}
    )
    for person in staff:
        Member.objects.get_or_create(team=team, user=person)
    for code, name, above in THEMES:
        theme = Theme.objects.filter(code=above).first()
        Theme.objects.get_or_create(code=code, defaults={"name": name, "parent": theme})
    for code, name, above in CAUSES:
        cause = RootCause.objects.filter(code=above).first()
        RootCause.objects.get_or_create(code=code, defaults={"name": name, "parent": cause})
    for purpose, language, subject, text in LETTERS:
        LetterTemplate.objects.get_or_create(
            purpose=purpose, kind="", language=language, defaults={"subject": subject, "text": text}
        )
    support = Group.objects.get(name=Role.SUPPORT)
    for kind, most in ((Redress.Kind.POINTS, 500), (Redress.Kind.MONEY, 2000), (Redress.Kind.VOUCHER, 2000)):
        RedressLimit.objects.get_or_create(group=support, kind=kind, defaults={"most": most})
    CaseSettings.objects.get_or_create(pk=1)


class Company:
    """The cases of the shop, drawn by one generator of random numbers: the same every time."""

    def __init__(
        self, random: Random, customers: list[Customer], staff: list[User], manager: User, now: datetime
    ) -> None:
        self.random, self.customers, self.staff, self.manager, self.now = random, customers, staff, manager, now
        self.themes = {theme.code: theme for theme in Theme.objects.all()}
        self.causes = {cause.code: cause for cause in RootCause.objects.all()}

    def tell_all(self, many: int) -> int:
        """Case by case, as they came in."""
        past = sorted(self._moments(many - len(RECENT)))
        for number, at in enumerate(past):
            self._live(self._opened(f"demo:{number}", at), at)
        for number, hours in enumerate(RECENT):
            at = self.now - timedelta(hours=hours)
            case = self._opened(f"demo:now:{number}", at, kind="complaint" if number % 3 else None)
            if hours > 6:
                self._begin(case, at)
        return many

    def _moments(self, many: int) -> Iterator[datetime]:
        """More of late than at first, by day rather than by night, not in the last week."""
        for _ in range(many):
            days = 7 + (DAYS - 7) * self.random.random() ** 1.2
            at = self.now - timedelta(days=days)
            yield at.replace(hour=self.random.randint(6, 19), minute=self.random.randint(0, 59))

    def _opened(self, key: str, at: datetime, kind: str | None = None) -> Case:
        stories = [story for story in STORIES if kind in (None, story.kind)]
        weights = [3 if story.kind == "complaint" else 2 for story in stories]
        [self.story] = self.random.choices(stories, weights)
        customer = self.random.choice(self.customers)
        self.language = self._language(customer)
        self.agent = self.random.choice(self.staff)
        case = cases.open(
            self.story.kind, subject=self._said(self.story.subject), text=self._said(self.story.text),
            customer=customer, channel=self.random.choice(CHANNELS),
            severity=min(4, self.story.severity + self.random.choice((0, 0, 1))),
            impact=self.random.choice((1, 1, 2, 3)), theme=self.themes[self.story.theme], key=key, at=at,
            language=self.language,
        )  # fmt: skip
        if self.random.random() < 0.9:
            cases.assign(case, to=self.agent, by=self.agent, at=self._after(at, 0.2))
        return case

    def _language(self, customer: Customer) -> str:
        known = customer.language.split("-")[0]
        return known if known in ("ko", "th") else "en"

    def _said(self, words: dict[str, str]) -> str:
        return words[self.language]

    def _after(self, at: datetime, hours: float) -> datetime:
        return min(at + timedelta(hours=hours), self.now)

    def _begin(self, case: Case, at: datetime) -> datetime:
        """Acknowledged and looked into."""
        if case.kind == Case.Kind.COMPLAINT:
            at = self._after(at, self.random.uniform(0.3, 6))
            complaints.acknowledge(case, by=self.agent, at=at)
            at = self._after(at, self.random.uniform(1, 8))
            complaints.investigate(case, by=self.agent, at=at)
        return at

    def _live(self, case: Case, at: datetime) -> None:
        """The whole way of a case of the past."""
        at = self._begin(case, at)
        at = self._after(at, self.random.choice((2, 5, 9, 20, 45, 90, 200)) * self.random.uniform(0.5, 1.5))
        outcome = self.random.choices(Case.Outcome.values, (5, 3, 3))[0] if case.kind == "complaint" else ""
        words = self._said(NOT_UPHELD if outcome == Case.Outcome.NOT else self.story.answer)
        conversation.reply(case, words, by=self.agent, at=at)
        if outcome:
            at = self._settle(case, outcome, words, at)
        if self.random.random() < 0.97 or at < self.now - timedelta(days=LONG_AGO):
            self._close(case, at)

    def _settle(self, case: Case, outcome: str, words: str, at: datetime) -> datetime:
        """Decided, and perhaps redressed."""
        complaints.decide(case, outcome=outcome, reason=words, by=self.agent, at=at)
        if outcome == Case.Outcome.NOT or self.random.random() < 0.35:
            return at
        self._propose(case, at)
        complaints.offer(case, by=self.agent, at=at)
        at = self._after(at, self.random.uniform(2, 70))
        if self.random.random() < 0.12:
            complaints.decline(case, by=self.agent, at=at)
        else:
            complaints.accept(case, by=self.agent, at=at)
            for line in case.redress.filter(state=Redress.State.ACCEPTED):
                redress.record_payment(line, reference=f"T{case.pk}", by=self.agent, at=at)
        return at

    def _propose(self, case: Case, at: datetime) -> None:
        redress.propose(case, Redress.Kind.APOLOGY, by=self.agent, at=at)
        if at > self.now - timedelta(days=LIVELY):
            points = self.random.choice((50, 100, 200, 300, 800))
            line = redress.propose(case, Redress.Kind.POINTS, points=points, by=self.agent, at=at)
        else:
            amount = self.random.choice((500, 790, 1250, 3500))
            line = redress.propose(case, Redress.Kind.MONEY, amount=amount, by=self.agent, at=at)
        if line.state == Redress.State.PROPOSED:
            redress.approve(line, by=self.manager, at=at)

    def _close(self, case: Case, at: datetime) -> None:
        at = self._after(at, self.random.uniform(0.1, 24))
        cause = self.causes.get(self.story.cause)
        complaints.close(case, root_cause=cause, by=self.agent, at=at)
        later = at + timedelta(days=self.random.uniform(1, 20))
        if self.random.random() < 0.06 and later < self.now:
            text = {"en": "It happened again.", "ko": "같은 일이 또 생겼습니다.", "th": "เกิดขึ้นอีกแล้ว"}
            reopenings.hear(case, text=self._said(text), channel=Case.Channel.EMAIL, at=later)
            if self.random.random() < 0.7 or later < self.now - timedelta(days=LONG_AGO):
                self._again(case, later)
        elif case.kind == Case.Kind.COMPLAINT and self.random.random() < 0.03 and later < self.now:
            complaints.refer(case, to="Consumer arbitration board", reference=f"CA-{case.pk}", by=self.agent, at=later)

    def _again(self, case: Case, at: datetime) -> None:
        at = self._after(at, self.random.uniform(2, 40))
        conversation.reply(case, self._said(self.story.answer), by=self.agent, at=at)
        complaints.close(case, root_cause=self.causes.get(self.story.cause), by=self.agent, at=at)

    def plan(self) -> None:
        """Redress that waits for a second person, and what is done so that it does not happen again."""
        waiting = Case.objects.filter(kind="complaint", stage="investigating", key__startswith="demo:now:").first()
        if waiting is not None:
            redress.propose(waiting, Redress.Kind.POINTS, points=900, words="for the trouble", by=self.staff[0])
        for what, code, days in ACTIONS:
            self._plan(what, code, days)

    def _plan(self, what: str, code: str, days: int) -> None:
        due = self.now + timedelta(days=days)
        begun = min(due, self.now) - timedelta(days=40)
        cause = self.causes[code]
        because = Case.objects.filter(root_cause=cause).order_by("-received_at")[:3]
        action = corrective.plan(
            what, owner=self.staff[0], due_on=due.date(), root_cause=cause, cases=because, by=self.manager, at=begun
        )
        if days < -30:
            corrective.finish(action, result="Fewer questions since.", by=self.staff[0], at=due)
