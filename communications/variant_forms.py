"""The A/B test of a step as marketers write it. Types only: ``flaws`` says what may be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communications.designs import StepDesign, TestDesign, VariantDesign
from communications.models import Experiment, Template
from communications.plan_forms import DateInput, Sections, choice, chosen, number, time
from customers.models import Verb
from loyalty.models import Reward

KEYS = ("a", "b", "c", "d")
GOALS = (
    Verb.BOUGHT, Verb.EMAIL_CLICKED, Verb.EMAIL_OPENED, Verb.VOUCHER_USED, Verb.VISITED, Verb.REVIEWED,
    Verb.SURVEY_ANSWERED, Verb.REFERRED, Verb.POINTS_SPENT, Verb.SEAT_ACCEPTED,
)  # fmt: skip


class VariantsForm(Sections):
    """What is empty in a variant is as the step has it; a variant without a share is none."""

    tests = choice(_("What is tried"), Experiment.Tests.choices)
    goal_verb = choice(_("Won when the customer"), [(one.value, one.label) for one in GOALS])
    goal_days = number(_("Within days"), least=1, most=365, required=True)
    per_variant = number(_("Customers for each variant"), least=1, most=10_000_000, required=True)
    ends_on = forms.DateField(label=_("Verdict on"), widget=DateInput)
    looks = choice(_("Looks before"), Experiment._meta.get_field("looks").choices, required=False)

    def __init__(self, data: Any, *, step: StepDesign) -> None:
        """A test that was made elsewhere keeps the keys of its variants."""
        super().__init__(data, initial=self.initial_of(step))
        own = tuple(one.key for one in step.test.variants) if step.test else ()
        self.keys = (*own, *(key for key in KEYS if key not in own))[: max(len(KEYS), len(own))]
        texts = Template.objects.filter(archived_at=None).order_by("name")
        for key in self.keys:
            self.fields[f"share_{key}"] = number(_("Share (percent)"), most=100)
            self.fields[f"template_{key}"] = chosen(_("Text"), texts, empty=_("the step's"))
            self.fields[f"time_{key}"] = time(_("At (customer's time)"))
            self.fields[f"reward_{key}"] = chosen(_("Reward"), Reward.objects.order_by("name"), empty=_("the step's"))
        goal = str(self.initial.get("goal_verb", ""))
        if goal in Verb and goal not in GOALS:
            offered = [(one.value, one.label) for one in (*GOALS, Verb(goal))]
            self.fields["goal_verb"].choices = offered  # type: ignore[attr-defined]

    @property
    def SECTIONS(self) -> Any:  # type: ignore[override]  # noqa: N802
        parts = ("share", "template", "time", "reward")
        plan = ("tests", "goal_verb", "goal_days", "per_variant", "ends_on", "looks")
        variants = [(_("Variant %s") % key, tuple(f"{part}_{key}" for part in parts)) for key in self.keys]
        return ((_("Fixed before it begins"), plan), *variants)

    @staticmethod
    def initial_of(step: StepDesign) -> dict[str, Any]:
        test = step.test
        if test is None:
            return {"goal_days": 14, "per_variant": 1_000, "share_a": 50, "share_b": 50}
        said = {name: getattr(test, name) for name in VariantsForm.base_fields}
        for one in test.variants:
            said |= {
                f"share_{one.key}": one.share,
                f"template_{one.key}": one.template_id,
                f"time_{one.key}": one.time,
                f"reward_{one.key}": one.reward_id,
            }
        return said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if sum(said.get(f"share_{key}") or 0 for key in self.keys) != 100:
            self.add_error(None, _("The shares come to 100 percent."))
        return said

    def test(self, salt: str) -> TestDesign:
        said = self.cleaned_data
        return TestDesign(
            tests=said["tests"],
            salt=salt,
            goal_verb=said["goal_verb"],
            per_variant=said["per_variant"],
            ends_on=said["ends_on"],
            goal_days=said["goal_days"],
            looks=int(said["looks"] or 1),
            variants=tuple(self._variant(key) for key in self.keys if said[f"share_{key}"]),
        )

    def _variant(self, key: str) -> VariantDesign:
        share, template, time, reward = (
            self.cleaned_data[f"{part}_{key}"] for part in ("share", "template", "time", "reward")
        )
        return VariantDesign(
            key,
            share,
            template_id=template.pk if template else None,
            time=time,
            reward_id=reward.pk if reward else None,
        )
