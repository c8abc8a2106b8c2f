"""Find a customer among 1,000,000, by every kind of question: p95 below 50 ms for each.

    python -m benchmarks.customer_search [customers]

Customers are made by set-based SQL: Latin, Hangul and Thai names, an e-mail address, a phone and an order each.
Every kind is asked with many different questions, each once, in the order of the list below, on a warm cache.
"""

import random
import statistics
import sys
import time
from collections.abc import Iterator

from benchmarks.ground import Bars, ground

BAR_MS = 50
ROUNDS = 120

FIRST = """Anna Ben Carla David Elena Finn Greta Hannah Ivan Julia Karim Lena Marco Nadia Omar Paula Quentin Rosa Sven
Tara Uwe Vera Wanda Xenia Yusuf Zoe Andreas Bianca Christopher Daniela Emmanuel Francesca Giovanni Henrietta
Isabella Jonathan Katharina Leonardo Maximilian Natalia Olivia Patricia Raphael Stephanie Theodora Valentina
Wilhelmina Alexander Benjamin Charlotte Dominic Elizabeth Frederik Gabriella Harrison Ingrid Jessica Kimberly
Lorraine Margaret"""
LAST = """Schmidt Müller Garcia Rossi Dubois Novak Andersen Johansson Kowalski Ivanov Papadopoulos Silva Santos Nguyen
Kimball Hoffmann Fischer Weber Wagner Becker Schulz Richter Klein Wolf Neumann Zimmermann Krüger Hartmann
Lange Werner Krause Lehmann Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Pohl Engel Horn Busch Bergmann
Voigt Sauer Arnold Pfeiffer Anderson Brown Campbell Davidson Edwards Ferguson Graham Henderson Irving Jackson
Kennedy Lawrence MacDonald Nicholson O'Brien Patterson Quinn Robertson Sanderson Thompson Underwood Vaughan
Williamson Young Fernández González Hernández Jiménez López Martínez Núñez Ortiz Pérez Ramírez Sánchez Torres
Vázquez Bianchi Colombo Conti Esposito Ferrari Gallo Greco Lombardi Mancini Moretti Ricci Romano Bernard
Durand Fontaine Girard Lambert Lefèvre Mercier Moreau Petit Rousseau"""
HANGUL_LAST = "김 김 김 김 이 이 이 박 박 최 정 강 조 윤 장 임"
HANGUL = "민 준 서 연 지 우 현 수 영 호 진 아 은 하 윤 재 성 태 경 희 나 라 도 시"
THAI_FIRST = "สมชาย สมหญิง กิตติ นภา ปิยะ วิชัย สุดา อรทัย ธนพล พิมพ์ชนก ณัฐวุฒิ ศิริพร จันทร์เพ็ญ ประเสริฐ มานี ชัยวัฒน์"
THAI_LAST = "ทองดี ใจดี ศรีสุข วงศ์ไทย แสงจันทร์ บุญมี สุขใจ พงษ์พันธ์ รัตนกุล เจริญสุข อินทร์แก้ว ชัยชนะ มั่นคง เพชรรัตน์"

MAKE = [
    # One in seven has a Thai name and stands among the oldest, one in five a Hangul one; the rest are Latin.
    """INSERT INTO customers_customer
        (number, name, sort_key, language, zone, country, city, came_from, status, version)
    SELECT 'C-' || (100000 + n), name, key, '', '', '', '', '', 'active', 1 FROM (
        SELECT n, CASE
            WHEN n <= %(many)s / 7 THEN thai[1 + floor(random() * 16)] || ' ' || thai_last[1 + floor(random() * 14)]
            WHEN n %% 5 = 0 THEN hangul_last[1 + floor(random() * 16)] || hangul[1 + floor(random() * 24)]
                || hangul[1 + floor(random() * 24)]
            ELSE first[1 + floor(random() * 60)] || ' ' || last[1 + floor(random() * 104)]
        END AS name
        FROM generate_series(1, %(many)s) n,
            (SELECT %(first)s::text[] AS first, %(last)s::text[] AS last, %(hangul_last)s::text[] AS hangul_last,
                %(hangul)s::text[] AS hangul, %(thai)s::text[] AS thai, %(thai_last)s::text[] AS thai_last) names
    ) made, LATERAL (SELECT translate(lower(name), 'üáéèíóúñ', 'uaeeioun') AS key) keyed""",
    """INSERT INTO customers_emailaddress (customer_id, address, "primary", came_from)
    SELECT id, CASE WHEN sort_key ~ '^[a-z'' ]+$' THEN replace(replace(sort_key, ' ', '.'), '''', '') ELSE 'user' END
        || id || '@' || (ARRAY['example.com', 'example.org', 'mail.example'])[1 + id %% 3], true, ''
    FROM customers_customer""",
    """INSERT INTO customers_phone (customer_id, number, "primary", came_from)
    SELECT id, '+49' || (1500000000 + (id * 7919) %% 400000000), true, '' FROM customers_customer""",
    "INSERT INTO customers_source (code, name, currency, zone, mapping) VALUES ('shop', 'Shop', 'EUR', '', '{}')",
    """INSERT INTO customers_purchase (source_id, number, customer_id, at, currency, channel, store, goods, shipping,
        tax, gift_card, points_paid, returned, status, fingerprint)
    SELECT s.id, 'R' || (5000000 + c.id), c.id, now(), 'EUR', '', '', 1000, 0, 0, 0, 0, 0, 'standing', ''
    FROM customers_customer c, customers_source s""",
]


def make(many: int) -> None:
    from django.db import connection

    names = {
        "first": FIRST.split(),
        "last": LAST.split(),
        "hangul_last": HANGUL_LAST.split(),
        "hangul": HANGUL.split(),
        "thai": THAI_FIRST.split(),
        "thai_last": THAI_LAST.split(),
    }
    with connection.cursor() as cursor:
        for statement in MAKE:
            cursor.execute(statement, {"many": many} | names)
        cursor.execute("VACUUM ANALYZE")


def questions(many: int) -> Iterator[tuple[str, list[str]]]:
    """Each kind with its questions."""
    dice = random.Random(7)

    def some(make_one: object) -> list[str]:
        return [make_one() for _ in range(ROUNDS)]  # type: ignore[operator]

    first, last = FIRST.split(), LAST.split()
    thai, thai_last, hangul = THAI_FIRST.split(), THAI_LAST.split(), HANGUL.split()

    def person() -> int:
        return dice.randint(1, many)

    yield "a whole name", some(lambda: f"{dice.choice(first)} {dice.choice(last)}")
    yield "last name first", some(lambda: f"{dice.choice(last)} {dice.choice(first)}")
    yield "beginning of a name", some(lambda: dice.choice(first)[:3])
    yield "last name", some(lambda: dice.choice(last))
    yield "inside of a name", some(lambda: dice.choice(last)[2:6])
    yield "common fragments", ["an", "kim", "er", "en", "ch", "nn", "ie", "in", "mann", "son", "rt", "li"] * 10
    yield "a letter or two words of one", ["a", "k", "m", "a s", "j m", "김", "ก"] * 17
    yield "rare fragments", ["xq", "qz", "yx", "enxe", "zz", "hx", "jk"] * 17
    yield "Hangul name", some(lambda: "김" + dice.choice(hangul) + dice.choice(hangul))
    yield "Hangul given name", some(lambda: dice.choice(hangul) + dice.choice(hangul))
    yield "Thai first name", some(lambda: dice.choice(thai))
    yield "Thai last name", some(lambda: dice.choice(thai_last))
    yield "inside of a Thai name", some(lambda: dice.choice(thai_last)[1:4])
    yield "e-mail address", some(lambda: f"user{person()}@example.com")
    yield (
        "beginning of an e-mail address",
        some(lambda: f"{dice.choice(first).lower()}.{dice.choice(last)[:4].lower()}"),
    )
    yield "common beginning of an e-mail", ["user", "user1", "anna.", "anna.s", "a@", "user12@"] * 20
    yield "phone, last digits", some(lambda: f"{dice.randint(0, 9999):04d}")
    yield "phone, as dialled", some(lambda: f"0{1500000000 + person() * 7919 % 400000000}")
    yield "phone, from abroad", some(lambda: f"+49 (0) {1500000000 + person() * 7919 % 400000000}")
    yield "customer number", some(lambda: f"c-{100000 + person()}")
    yield "beginning of a number", some(lambda: f"C-{100000 + person()}"[:6])
    yield "order number", some(lambda: f"R{5000000 + person()}")
    yield "beginning of an order number", some(lambda: f"R{5000000 + person()}"[:5])
    yield "no hits", some(lambda: f"{dice.choice(['brzxq', 'กขฃ', '뷁뷁', 'nobody here'])}{dice.randint(1, 99)}")
    yield "no hits, common words", ["anna anna brandt zwo", "muller kim", "김 스미스", "er en xq", "สม 김"] * 24


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with ground():
        begun = time.perf_counter()
        make(many)
        print(f"{many:,} customers made in {time.perf_counter() - begun:.0f} s")
        from customers.queries.search import find

        bars = Bars(f"Search among {many:,} customers, ms")
        for kind, asked in questions(many):
            find(asked[0])
            times, hits, spent = [], 0, time.process_time()
            for question in asked:
                begun = time.perf_counter()
                hits += len(find(question))
                times.append((time.perf_counter() - begun) * 1000)
            spent = (time.process_time() - spent) * 1000 / len(asked)
            slowest = asked[times.index(max(times))]
            p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            note = (
                f"p50 {p50:.1f}, most {max(times):.1f} ({slowest!r}), {hits / len(asked):.1f} hits, Python {spent:.1f}"
            )
            bars.at_most(f"p95 of {kind}", p95, BAR_MS, note)
        bars.end()


if __name__ == "__main__":
    main()
