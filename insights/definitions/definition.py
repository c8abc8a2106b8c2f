"""What a definition says."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise

Text = str | Promise


class Unit(models.TextChoices):
    """How the value is to be read: a share is between 0 and 1, money is in minor units."""

    SHARE = "share"
    MONEY = "money"
    COUNT = "count"
    NUMBER = "number"
    DAYS = "days"
    HOURS = "hours"
    SCORE = "score"


class Section(models.TextChoices):
    KEEPING = "keeping"
    BUYING = "buying"
    PROGRAMME = "programme"
    VOICE = "voice"
    BOARDS = "boards"


@dataclass(frozen=True)
class Definition:
    """One figure. ``version`` grows with every change of what it means, and each kept figure names its own.

    ``better`` says which way is good: ``up``, ``down``, or nothing where it depends. ``by`` are the dimensions that
    it is taken for besides everybody.
    """

    key: str
    title: Text
    meaning: Text
    numerator: Text
    denominator: Text
    window: Text
    unit: Unit
    section: Section
    edges: Text = ""
    version: int = 1
    better: str = "up"
    of_unit: str = Unit.COUNT
    by: tuple[str, ...] = ()
    counted: str = ""  # the unit of the numerator, where it is not money for money and a number otherwise

    @property
    def counted_unit(self) -> str:
        money = Unit.MONEY in (self.unit, self.of_unit)
        return self.counted or (Unit.MONEY if money else Unit.COUNT)
