"""Where the demo's customers live: real cities, and phone numbers that regulators keep free for fiction."""

from dataclasses import dataclass
from random import Random

from customers.places import zone_of


@dataclass(frozen=True)
class City:
    name: str
    country: str
    currency: str  # that of the shop there; where there is none, people order from Berlin
    people: str  # which names are common there: a key of ``names.GIVEN``
    latitude: str
    longitude: str
    weight: int  # how many of the customers live there
    postcode: str  # with # for digits
    street: str  # plainly an example, with {} for the house number

    @property
    def zone(self) -> str:
        return zone_of(self.country)


CITIES = (
    City("Berlin", "DE", "EUR", "german", "52.52000", "13.40500", 22, "10###", "Musterstraße {}"),
    City("Hamburg", "DE", "EUR", "german", "53.55110", "9.99370", 9, "20###", "Beispielweg {}"),
    City("München", "DE", "EUR", "german", "48.13510", "11.58200", 7, "80###", "Mustergasse {}"),
    City("Lyon", "FR", "EUR", "french", "45.76400", "4.83570", 8, "690##", "{} rue des Exemples"),
    City("Lille", "FR", "EUR", "french", "50.62920", "3.05730", 4, "59###", "{} rue des Exemples"),
    City("Leeds", "GB", "EUR", "british", "53.80080", "-1.54910", 7, "LS## #ZZ", "{} Example Street"),
    City("Edinburgh", "GB", "EUR", "british", "55.95330", "-3.18830", 3, "EH## #ZZ", "{} Sample Lane"),
    City("Göteborg", "SE", "EUR", "nordic", "57.70890", "11.97460", 3, "41# ##", "Exempelgatan {}"),
    City("Kraków", "PL", "EUR", "polish", "50.06470", "19.94500", 3, "30-###", "ul. Przykładowa {}"),
    City("Seoul", "KR", "KRW", "korean", "37.56650", "126.97800", 9, "04###", "예시로 {}"),
    City("Busan", "KR", "EUR", "korean", "35.17960", "129.07560", 8, "48###", "견본길 {}"),
    City("Bangkok", "TH", "THB", "thai", "13.75630", "100.50180", 7, "102##", "{} ถนนตัวอย่าง"),
    City("Chiang Mai", "TH", "EUR", "thai", "18.78830", "98.98530", 6, "502##", "{} ซอยตัวอย่าง"),
)
WEIGHTS = tuple(city.weight for city in CITIES)

# Numbers kept free for films and examples by Bundesnetzagentur, Ofcom and ARCEP: prefix and digits behind it. In Korea
# 010-0000 is dealt out to nobody. Others keep none free, and get none.
PHONES = {
    "DE": (("+493023125", 3), ("+494066969", 3), ("+498999998", 3), ("+496990009", 3), ("+492214710", 3)),
    "GB": (("+447700900", 3), ("+441134960", 3), ("+441314960", 3), ("+442079460", 3)),
    "FR": (("+3363998", 4),),
    "KR": (("+82100000", 4),),
}


def somewhere(dice: Random) -> City:
    return dice.choices(CITIES, WEIGHTS)[0]


def phone(city: City, place: int) -> str:
    """A number that rings nowhere, another for everybody in line; nothing where the free ones have run out."""
    for prefix, digits in PHONES.get(city.country, ()):
        if place < 10**digits:
            return f"{prefix}{place:0{digits}d}"
        place -= 10**digits
    return ""


def postcode(city: City, dice: Random) -> str:
    return "".join(str(dice.randrange(10)) if sign == "#" else sign for sign in city.postcode)
