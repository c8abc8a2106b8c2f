"""Any sequence of steps: the case is where the table says, and every line of redress is paid once or not at all."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communications.queries import holds
from customers.models import Fact
from feedback import stages
from feedback.actions import complaints, redress, reopenings
from feedback.models import Case, Redress
from loyalty.models import Transaction
from people.roles import Role
from tests.examples import examples
from tests.factories import feedback, people
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db
EXAMPLES = examples(8)
moves = st.sampled_from(["acknowledge", "investigate", "refer", "decide", "reopen", "close"])
money = st.sampled_from(["propose", "propose_much", "approve", "withdraw", "offer", "accept", "accept", "decline"])
others = st.sampled_from(["give", "give", "undo", "resolve"])
step = st.one_of(moves, moves, money, money, money, others)


class World:
    def __init__(self):
        programme()
        self.agent = people.person("a", role=Role.SUPPORT)
        self.manager = people.person("m", role=Role.MANAGERS)
        self.cause, self.case = feedback.root_cause(), feedback.case()

    def steps(self) -> dict[str, Callable]:
        by, case = {"by": self.agent}, self.case
        line = case.redress.order_by("-pk").first()
        return {
            "acknowledge": lambda: complaints.acknowledge(case, **by),
            "investigate": lambda: complaints.investigate(case, **by),
            "decide": lambda: complaints.decide(case, outcome="partly", reason="So it is.", **by),
            "offer": lambda: complaints.offer(case, **by),
            "accept": lambda: complaints.accept(case, **by),
            "decline": lambda: complaints.decline(case, **by),
            "close": lambda: complaints.close(case, root_cause=self.cause, **by),
            "refer": lambda: complaints.refer(case, to="Ombudsman", **by),
            "reopen": lambda: reopenings.reopen(case, **by),
            "resolve": lambda: complaints.resolve(case, answer="Sorry!", goodwill=7, root_cause=self.cause, **by),
            "propose": lambda: redress.propose(case, "points", points=100, **by),
            "propose_much": lambda: redress.propose(case, "points", points=1000, **by),
            "give": lambda: redress.give(case, "points", points=30, key="the same form", **by),
            "approve": lambda: line and redress.approve(line, by=self.manager),
            "withdraw": lambda: line and redress.withdraw(line, **by),
            "undo": lambda: line and redress.undo(line, reason="A mistake", by=self.manager),
        }

    def now(self) -> dict:
        return Case.objects.values().get(pk=self.case.pk)

    def take(self, name: str) -> None:
        before = self.now()
        try:
            with transaction.atomic():
                self.steps()[name]()
        except ValidationError:
            assert self.now() == before
            return
        after = self.now()
        if name in stages.COMPLAINT:
            assert after["stage"] == stages.after("complaint", before["stage"], name)
        elif name != "resolve":
            assert after["stage"] == before["stage"]

    def check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        case = Case.objects.get(pk=self.case.pk)
        lines = list(case.redress.all())
        paid = [line for line in lines if line.posting_id]
        assert sorted(Transaction.objects.filter(kind="grant").values_list("pk", flat=True)) == sorted(
            line.posting_id for line in paid
        )
        _pending, available, _held, debt = buckets(case.customer)
        assert available - debt == sum(line.points for line in lines if line.state == Redress.State.PAID)
        assert holds.held(case.customer) == (case.stage in stages.OPEN)
        assert Fact.objects.filter(verb="case_reopened").count() == case.reopenings


@given(st.lists(step, min_size=5, max_size=30))
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_steps_breaks_the_rules_or_pays_twice(db, steps):
    with transaction.atomic():
        world = World()
        for name in steps:
            world.take(name)
        world.check()
        transaction.set_rollback(True)
