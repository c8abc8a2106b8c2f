"""What the demo's shop sells. Prices are in euro cents and tax is contained; other currencies have their own price."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random


@dataclass(frozen=True)
class Product:
    code: str
    name: str
    category: str
    brand: str
    supplier: str
    margin_class: str  # A keeps most
    cents: int
    tax_rate: int  # percent
    weight: int  # how often it is bought, against the others

    def price(self, currency: str) -> int:
        """In minor units of the currency, rounded as shops there round."""
        each, step = RATES[currency]
        return max(step, round(self.cents * each / step) * step)


# Minor units for one euro cent, and the step that prices stand on: 100 won, 5 baht.
RATES = {"EUR": (Decimal(1), 1), "KRW": (Decimal("15.2"), 100), "THB": (Decimal("37.5"), 500)}

GIFT_CARD = "Gift cards"

# category: supplier, margin class, tax, then the goods as "name / brand / price / weight"
RANGE = {
    "Tea": (
        "Teekontor Nordlicht GmbH", "B", 7,
        "First Flush Darjeeling 100 g / Linnet / 1490 / 9", "Smoky Lapsang 100 g / Linnet / 1290 / 5",
        "Jeju green tea 80 g / Hanok Leaf / 1890 / 8", "Doi oolong 100 g / Mae Salong Hills / 1690 / 8",
        "Evening herbs 60 g / Linnet / 790 / 12", "Genmaicha 100 g / Hanok Leaf / 1190 / 6",
        "Tea sampler, twelve tins / Linnet / 3490 / 4",
    ),
    "Coffee": (
        "Rösterei Speicher Sieben", "B", 7,
        "House espresso 500 g / Speicher Sieben / 1390 / 9", "Chiang Rai honey 250 g / Mae Salong Hills / 1250 / 6",
        "Decaf 250 g / Speicher Sieben / 990 / 4", "Hand filter set / Oda & Ren / 4200 / 2",
    ),
    "Ceramics": (
        "Keramikhof Lind", "A", 19,
        "Breakfast cup, moss / Oda & Ren / 2400 / 8", "Bowl, celadon / Oda & Ren / 3200 / 6",
        "Teapot 0.8 l / Oda & Ren / 6900 / 3", "Plate, ash glaze / Keramikhof / 2800 / 5",
        "Vase, tall / Keramikhof / 5400 / 2",
    ),
    "Kitchen": (
        "Haushalt Direkt AG", "C", 19,
        "Cast iron pan 26 cm / Farrow Iron / 7900 / 2", "Olive wood board / Farrow Iron / 3600 / 4",
        "Kettle, gooseneck / Speicher Sieben / 8900 / 2", "Bamboo whisk / Hanok Leaf / 1650 / 4",
        "Storage jar, large / Keramikhof / 2100 / 5",
    ),
    "Textiles": (
        "Weberei Aumühle", "A", 19,
        "Linen tea towel, pair / Aumühle / 1990 / 8", "Wool throw / Aumühle / 12900 / 1",
        "Cotton apron / Aumühle / 3900 / 3",
        "Indigo cushion / Isan Loom / 4500 / 3", "Silk scarf / Isan Loom / 6900 / 2",
    ),
    "Candles & scent": (
        "Wachsmanufaktur Havel", "A", 19,
        "Pine candle / Loam / 2200 / 7", "Beeswax pair / Loam / 1400 / 7", "Room mist, yuzu / Loam / 2600 / 3",
        "Incense, sandalwood / Isan Loom / 990 / 5",
    ),
    "Stationery": (
        "Papier & Co. KG", "B", 19,
        "Notebook, dotted / Quarto / 1450 / 7", "Hanji letter set / Hanok Leaf / 1800 / 3",
        "Brush pen / Quarto / 850 / 6", "Wall calendar / Quarto / 1990 / 2",
    ),
    "Garden": (
        "Gärtnerei Morgentau", "C", 7,
        "Herb seeds, six kinds / Loam / 1290 / 6", "Terracotta pot 18 cm / Keramikhof / 1700 / 4",
        "Hand trowel / Farrow Iron / 1950 / 3", "Potting soil 10 l / Loam / 890 / 5",
    ),
    GIFT_CARD: ("", "", 0, "Gift card 25 / Linnet & Loam / 2500 / 1", "Gift card 50 / Linnet & Loam / 5000 / 1"),
}  # fmt: skip


def _catalogue() -> tuple[Product, ...]:
    products = []
    for place, (category, (supplier, margin_class, tax, *goods)) in enumerate(RANGE.items(), start=1):
        for number, text in enumerate(goods, start=1):
            name, brand, cents, weight = (part.strip() for part in str(text).split(" / "))
            code = f"{place}{number:02d}0"
            products.append(
                Product(
                    code,
                    name,
                    category,
                    brand,
                    str(supplier),
                    str(margin_class),
                    int(cents),
                    int(str(tax)),
                    int(weight),
                )
            )
    return tuple(products)


CATALOGUE = _catalogue()
CATEGORIES = tuple(category for category in RANGE if category != GIFT_CARD)
BRANDS = tuple(sorted({product.brand for product in CATALOGUE if product.category != GIFT_CARD}))


def pick(dice: Random, liked: tuple[str, ...], count: int) -> list[Product]:
    """Different products; those of a liked category come four times as often."""
    weights = [product.weight * (4 if product.category in liked else 1) for product in CATALOGUE]
    return list(dict.fromkeys(dice.choices(CATALOGUE, weights, k=count)))
