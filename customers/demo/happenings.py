"""What the demo's customers did besides buying: visits, e-mails opened, reviews, friends told; and what they allow."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from customers.demo.history import midnight
from customers.demo.people import SEED, Habit, Person, dice_for
from customers.models import ConsentDecision, Verb

Channel, Purpose = ConsentDecision.Channel, ConsentDecision.Purpose
NEWSLETTERS = ("spring letter", "summer letter", "tea harvest", "winter sale", "new ceramics")
# About one in how many of the busy ones has done it.
RARE = (
    (Verb.PROFILE_COMPLETED, 3, {}),
    (Verb.SOCIAL_LINKED, 8, {"network": "Instagram"}),
    (Verb.PHOTO_SHARED, 12, {"product": "3010"}),
    (Verb.QUESTION_ANSWERED, 9, {"question": "How do you take your tea?"}),
    (Verb.RECEIPT_SUBMITTED, 15, {"store": "market stall"}),
    (Verb.SHARED, 10, {"network": "KakaoTalk"}),
    (Verb.REFERRED, 14, {}),
)


@dataclass(frozen=True)
class Happening:
    verb: Verb
    at: datetime
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    channel: Channel
    purpose: Purpose
    granted: bool
    at: datetime
    source: str


def happenings(person: Person, *, today: date, seed: int = SEED) -> list[Happening]:
    """In order of time, all of them before today."""
    dice = dice_for(seed, "happenings", person.place)
    busy = {Habit.LEAD: 2, Habit.ONCE: 2, Habit.SOMETIMES: 4, Habit.OFTEN: 8, Habit.LOYAL: 16}[person.habit]
    told = [
        Happening(Verb.VISITED, _since(person, today, dice), {"page": "start"}) for _ in range(dice.randrange(busy))
    ]
    if person.newcomer.emails:
        for _ in range(dice.randrange(busy)):
            told += _newsletter(_since(person, today, dice), dice)
    for verb, one_in, about in RARE:
        if dice.random() < busy / 4 / one_in:
            told.append(Happening(verb, _since(person, today, dice), about))
    if person.habit is not Habit.LEAD and dice.random() < 0.12:
        about = {"stars": dice.choices((5, 4, 3, 2, 1), (50, 28, 12, 6, 4))[0], "product": "1010"}
        told.append(Happening(Verb.REVIEWED, _since(person, today, dice), about))
    end = midnight(today)
    return sorted((one for one in told if one.at < end), key=lambda one: one.at)


def _newsletter(at: datetime, dice: Random) -> list[Happening]:
    about = {"campaign": dice.choice(NEWSLETTERS)}
    opened = [Happening(Verb.EMAIL_OPENED, at, about)]
    if dice.random() < 0.3:
        opened.append(Happening(Verb.EMAIL_CLICKED, at + timedelta(minutes=dice.randrange(1, 9)), about))
    return opened


def _since(person: Person, today: date, dice: Random) -> datetime:
    """Some moment between becoming known and today."""
    seconds = int((midnight(today) - person.joined).total_seconds())
    return person.joined + timedelta(seconds=dice.randrange(max(seconds, 1)))


def decisions(person: Person, *, today: date, seed: int = SEED) -> list[Decision]:
    """What they allow and, some of them, no longer."""
    dice = dice_for(seed, "consents", person.place)
    reach = [Channel.EMAIL] if person.newcomer.emails else []
    reach += [Channel.SMS, Channel.PHONE] if person.newcomer.phones else []
    reach += [Channel.POST] if person.newcomer.addresses and dice.random() < 0.3 else []
    told = []
    for channel in reach:
        for purpose, share in ((Purpose.CARE, 0.85), (Purpose.OFFERS, 0.55), (Purpose.RESEARCH, 0.2)):
            if channel is Channel.EMAIL or dice.random() < 0.5:
                granted = dice.random() < share
                told.append(Decision(channel, purpose, granted, person.joined, "registration form"))
                if granted and purpose is Purpose.OFFERS and dice.random() < 0.12:
                    told.append(Decision(channel, purpose, False, _since(person, today, dice), "link in an e-mail"))
    return told
