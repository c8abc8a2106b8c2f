"""Who the demo's customers are. Each is made from the seed and their own place in line: more of them change nobody."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from customers.demo import names, places
from customers.demo.goods import BRANDS, CATEGORIES
from customers.demo.places import City
from customers.models import Trait
from customers.naming import sort_key
from customers.newcomers import Address, Birthday, Knowledge, Newcomer

YEARS = 2
SEED = 20
KNOWN_FROM = ("web shop", "shop in the city", "newsletter", "market stall", "recommended by a friend")
LANGUAGES = {"korean": "ko", "thai": "th"}
DISLIKES = ("lavender", "plastic packaging", "smoky tea", "phone calls", "very sweet things", "long newsletters")
NOTES = (("household", "2 people"), ("household", "a family"), ("brews with", "a teapot"), ("brews with", "a filter"))


class Habit(Enum):
    """How somebody buys: share of all customers in percent, purchases a year as a gamma distribution, drop-out."""

    LEAD = (10, (0.0, 0.0), 1.0)
    ONCE = (40, (0.0, 0.0), 1.0)
    SOMETIMES = (33, (2.0, 1.7), 0.12)
    OFTEN = (14, (3.0, 3.0), 0.05)
    LOYAL = (3, (6.0, 4.0), 0.01)

    @property
    def share(self) -> int:
        return self.value[0]

    @property
    def rate(self) -> tuple[float, float]:
        return self.value[1]

    @property
    def drop_out(self) -> float:
        """The chance that a purchase was the last."""
        return self.value[2]


@dataclass(frozen=True)
class Person:
    place: int  # in line, from 1
    newcomer: Newcomer
    city: City
    habit: Habit
    joined: datetime
    likes: tuple[str, ...]
    heard: tuple[Knowledge, ...] = ()  # said on the phone, some time later
    same_as: int | None = None  # the place of the record that they stand under already

    @property
    def number(self) -> str:
        return number_of(self.place)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.city.zone)


def number_of(place: int) -> str:
    return f"LL{10_000 + place}"


def dice_for(seed: int, what: str, place: int) -> Random:
    return Random(f"{seed}:{what}:{place}")  # noqa: S311  (an invented company needs no secrets)


def person(place: int, *, today: date, seed: int = SEED) -> Person:
    """The customer at this place in line. Every hundredth or so is in the books twice."""
    dice = dice_for(seed, "person", place)
    if place % 200 == 12 or place % 300 == 25:
        return _again(person(place - 5, today=today, seed=seed), place, dice)
    city = places.somewhere(dice)
    name, plain = names.name(city.people, dice)
    habit = dice.choices(list(Habit), [habit.share for habit in Habit])[0]
    joined = _joined(city, today, dice)
    likes = tuple(dice.sample(CATEGORIES, k=dice.choice((0, 1, 1, 2))))
    newcomer = Newcomer(
        number=number_of(place),
        name=name,
        emails=_emails(plain, place, dice),
        phones=_phones(city, place, dice),
        addresses=_addresses(city, dice),
        traits=_traits(plain, place, likes, dice),
        birthday=_birthday(dice),
        language=LANGUAGES.get(city.people, "en"),
        zone=city.zone,
        country=city.country,
        city=city.name,
        latitude=Decimal(city.latitude),
        longitude=Decimal(city.longitude),
        came_from=dice.choice(KNOWN_FROM),
        since=joined,
    )
    heard = (Knowledge(Trait.Kind.DISLIKE, dice.choice(DISLIKES)),) if dice.random() < 0.06 else ()
    return Person(place, newcomer, city, habit, joined, likes, heard)


def _again(first: Person, place: int, dice: Random) -> Person:
    """The same person once more, as a till or another form wrote them down."""
    known = first.newcomer
    written = sort_key(known.name).title() if known.name.isascii() or first.city.people != "korean" else known.name
    newcomer = Newcomer(
        number=number_of(place),
        name=written,
        emails=known.emails[:1],
        phones=known.phones[:1] if dice.random() < 0.5 else (),
        birthday=known.birthday,
        language=known.language,
        zone=known.zone,
        country=known.country,
        city=known.city,
        latitude=known.latitude,
        longitude=known.longitude,
        came_from="shop in the city",
        since=first.joined,
    )
    return replace(first, place=place, newcomer=newcomer, habit=Habit.ONCE, heard=(), same_as=first.place)


def _joined(city: City, today: date, dice: Random) -> datetime:
    """A quarter were customers when the books began; the others came since, more of them lately."""
    days = YEARS * 365
    ago = days if dice.random() < 0.25 else 1 + int((days - 1) * (1 - dice.random() ** 0.8))
    day = today - timedelta(days=ago - dice.randrange(30) if ago == days else ago)
    return moment(day, city.zone, dice)


def moment(day: date, zone: str, dice: Random) -> datetime:
    """Some time between morning and night there, evenings more often."""
    hour = dice.choices(range(7, 23), (1, 2, 3, 4, 5, 6, 5, 4, 4, 5, 6, 7, 8, 9, 7, 3))[0]
    local = datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def _emails(plain: str, place: int, dice: Random) -> tuple[str, ...]:
    """Under domains that nobody can own."""
    if dice.random() < 0.06:
        return ()
    first = f"{plain}.{place}@{dice.choice(('example.com', 'example.org', 'example.net'))}"
    return (first, f"{plain}.{place}@work.example") if dice.random() < 0.12 else (first,)


def _phones(city: City, place: int, dice: Random) -> tuple[str, ...]:
    number = places.phone(city, place)
    return (number,) if number and dice.random() < 0.6 else ()


def _addresses(city: City, dice: Random) -> tuple[Address, ...]:
    if dice.random() < 0.35:
        return ()
    street = city.street.format(dice.randrange(1, 120))
    postcode = places.postcode(city, dice)
    return (Address(lines=street, postcode=postcode, city=city.name, country=city.country),)


def _birthday(dice: Random) -> Birthday | None:
    if dice.random() < 0.3:
        return None
    day = date(2000, 1, 1) + timedelta(days=dice.randrange(366))  # a leap year: some are born on the 29th of February
    year = dice.randrange(1945, 2007) if dice.random() < 0.6 else None
    if year and day.month == 2 and day.day == 29:
        year -= year % 4
    return Birthday(month=day.month, day=day.day, year=year)


def _traits(plain: str, place: int, likes: tuple[str, ...], dice: Random) -> tuple[Knowledge, ...]:
    """What is known of them; most are known little."""
    kinds = Trait.Kind
    known = [Knowledge(kinds.LIKE, like.lower()) for like in likes if dice.random() < 0.6]
    if dice.random() < 0.25:
        known.append(Knowledge(kinds.BRAND, dice.choice(BRANDS)))
    if dice.random() < 0.12:
        network = dice.choice(("Instagram", "KakaoTalk", "LINE"))
        known.append(Knowledge(kinds.SOCIAL, f"@example_{plain.replace('.', '_')}_{place}", network))
    if dice.random() < 0.1:
        name, value = dice.choice(NOTES)
        known.append(Knowledge(kinds.TRAIT, value, name))
    return tuple(known)
