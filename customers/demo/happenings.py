"""What the demo's customers did besides buying: visits, e-mails opened, reviews, friends told; and what they allow."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from customers.demo.history import midnight
from customers.demo.people import SEED, Habit, Person, dice_for
from customers.models import ConsentDecision, Verb
from customers.reports import Report

Channel, Purpose = ConsentDecision.Channel, ConsentDecision.Purpose
SOURCE = "shop"
NEWSLETTERS = ("spring-letter", "summer-letter", "tea-harvest", "winter-sale", "new-ceramics")
# About one in how many of those who buy now and then has done it, and what is said about it.
RARE: tuple[tuple[Verb, int, dict[str, Any]], ...] = (
    (Verb.PROFILE_COMPLETED, 3, {"percent": 100}),
    (Verb.SOCIAL_LINKED, 8, {"network": "instagram"}),
    (Verb.PHOTO_SHARED, 12, {"product": "3010", "network": "instagram"}),
    (Verb.QUESTION_ANSWERED, 9, {"question": "how-do-you-take-your-tea", "answer": "without-milk"}),
    (Verb.RECEIPT_SUBMITTED, 15, {"store": "market-stall", "amount": 2480, "currency": "EUR"}),
    (Verb.SHARED, 10, {"network": "kakaotalk", "product": "1030"}),
    (Verb.REFERRED, 14, {"campaign": "bring-a-friend"}),
)
BUSY = {Habit.LEAD: 2, Habit.ONCE: 2, Habit.SOMETIMES: 4, Habit.OFTEN: 8, Habit.LOYAL: 16}


@dataclass(frozen=True)
class Decided:
    channel: ConsentDecision.Channel
    purpose: ConsentDecision.Purpose
    granted: bool
    at: datetime
    source: str


def happenings(person: Person, *, today: date, seed: int = SEED) -> list[Report]:
    """In order of time, all of them before today."""
    dice = dice_for(seed, "happenings", person.place)
    busy = BUSY[person.habit]
    told: list[tuple[datetime, Verb, dict[str, Any]]] = []
    for _ in range(dice.randrange(busy)):
        told.append((_since(person, today, dice), Verb.VISITED, {"channel": "web", "page": "start"}))
    if person.newcomer.emails:
        for _ in range(dice.randrange(busy)):
            told += _newsletter(_since(person, today, dice), dice)
    for verb, one_in, about in RARE:
        if dice.random() < busy / 4 / one_in:
            told.append((_since(person, today, dice), verb, about))
    if person.habit is not Habit.LEAD and dice.random() < 0.12:
        rating = dice.choices((5, 4, 3, 2, 1), (50, 28, 12, 6, 4))[0]
        told.append((_since(person, today, dice), Verb.REVIEWED, {"rating": rating, "product": "1010", "words": 40}))
    if person.habit is not Habit.LEAD and dice.random() < 0.3:
        told.append((_since(person, today, dice), Verb.DELIVERED, {"parcel": f"P-{person.place}"}))
    told = sorted((one for one in told if one[0] < midnight(today)), key=lambda one: one[0])
    return [
        Report(person.number, verb, at, SOURCE, f"demo-{person.place}-{n}", about)
        for n, (at, verb, about) in enumerate(told)
    ]


def _newsletter(at: datetime, dice: Random) -> list[tuple[datetime, Verb, dict[str, Any]]]:
    about = {"campaign": dice.choice(NEWSLETTERS)}
    opened = [(at, Verb.EMAIL_OPENED, about)]
    if dice.random() < 0.3:
        opened.append((at + timedelta(minutes=dice.randrange(1, 9)), Verb.EMAIL_CLICKED, about | {"link": "shop"}))
    return opened


def _since(person: Person, today: date, dice: Random) -> datetime:
    """Some moment between becoming known and today."""
    seconds = int((midnight(today) - person.joined).total_seconds())
    return person.joined + timedelta(seconds=dice.randrange(max(seconds, 1)))


def decisions(person: Person, *, today: date, seed: int = SEED) -> list[Decided]:
    """What they allow and, some of them, no longer."""
    dice = dice_for(seed, "consents", person.place)
    reach = [Channel.EMAIL] if person.newcomer.emails else []
    reach += [Channel.SMS, Channel.PHONE] if person.newcomer.phones else []
    reach += [Channel.POST] if person.newcomer.addresses and dice.random() < 0.3 else []
    told = []
    for channel in reach:
        for purpose, share in ((Purpose.CARE, 0.85), (Purpose.OFFERS, 0.55), (Purpose.RESEARCH, 0.2)):
            if channel is Channel.EMAIL or dice.random() < 0.25:
                granted = dice.random() < share
                told.append(Decided(channel, purpose, granted, person.joined, "registration form"))
                if granted and purpose is Purpose.OFFERS and dice.random() < 0.12:
                    told.append(Decided(channel, purpose, False, _since(person, today, dice), "link in an e-mail"))
    return told


def heard_at(person: Person, *, today: date, seed: int = SEED) -> datetime:
    """When they said on the phone what they do not like."""
    return _since(person, today, dice_for(seed, "heard", person.place))
