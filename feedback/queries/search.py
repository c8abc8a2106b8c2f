"""Find a case by its number, by whom it is about, by its order, and by every word that was said in it.

Answers take as long with a million messages as with a thousand: a common word fills the page out of the newest
messages, so the index is asked for rarer ones only. Several languages, honestly: see docs/decisions/009.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from customers.queries.search import Why as Fitted
from customers.queries.search import find as find_customers
from feedback.models import Case

MOST, NEWEST, LOOKED_AT = 25, 10_000, 100
FEW = 1_000  # of the newest are looked at where a word seems to be rare: statistics do not know what all begin with
FITTING = 3_000  # of the older ones that fit, so many are looked at for the newest
RARE = 5_000  # rows: a word that is expected in so many is enough to ask the index for
NAMED = 3  # words: more of them are no name
NUMBER = re.compile(r"#?(\d{1,15})")
AROUND = 80  # characters of an excerpt on each side of the first hit


class Why(models.TextChoices):
    NUMBER = "number"
    CUSTOMER = "customer"
    SENDER = "sender"
    SUBJECT = "subject"
    SAID = "said"


@dataclass(frozen=True)
class Piece:
    """A part of an excerpt; those that fitted are marked."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    case: Case
    why: Why
    excerpt: tuple[Piece, ...] = ()


SENDERS = """SELECT id, NULL::bigint FROM feedback_case
    WHERE sender_address <> '' AND lower(sender_address) LIKE %(beginning)s
    ORDER BY lower(sender_address) USING ~<~, id LIMIT %(most)s"""
# Of the newest rows each is looked at, of all others the index is asked (see ``_driving``): a common word is found
# among the newest, and of a rare one there are few. ``id + 0`` keeps the planner from walking the primary key for the
# second, IS TRUE keeps it from asking the index for what is to be looked at in the rows.
NEW = """SELECT {found} FROM {table} WHERE (words @@ %(asked)s::tsquery) IS TRUE {may}
    AND id > coalesce((SELECT id FROM {table} ORDER BY id DESC OFFSET %(newest)s LIMIT 1), 0)
    ORDER BY id DESC LIMIT %(looked)s"""
OLD = """SELECT * FROM (
        SELECT {found} FROM {table} WHERE words @@ %(driving)s::tsquery AND (words @@ %(asked)s::tsquery) IS TRUE {may}
            AND id + 0 <= coalesce((SELECT id FROM {table} ORDER BY id DESC OFFSET %(newest)s LIMIT 1), 0)
        LIMIT %(fitting)s
    ) AS fitting(found, entry) ORDER BY coalesce(entry, found) DESC LIMIT %(looked)s"""
# The words of a question, each with how many rows are expected to hold one that it begins, and with those of them that
# are common: PostgreSQL's own statistics know the thousand most common words.
WORDS = """SELECT part.word,
        sum(common.share) * (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = %(table)s::regclass),
        array_agg(common.word ORDER BY common.word) FILTER (WHERE common.word IS NOT NULL)
    FROM (SELECT DISTINCT word FROM feedback_parts(%(question)s) WHERE word <> '') AS part LEFT JOIN (
        SELECT known.word, known.share FROM pg_stats,
            unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known(word, share)
        WHERE tablename = %(table)s AND schemaname = current_schema() AND attname = 'words'
    ) AS common ON common.word = part.word OR length(part.word) > 2 AND starts_with(common.word, part.word)
    GROUP BY part.word"""
ASKED = "SELECT feedback_asked(%s)::text"
EXCERPTS = """SELECT case_id, left(text, 20000) FROM feedback_entry WHERE id = ANY(%s)"""
PARTS = "SELECT run, word FROM feedback_parts(%s)"


def find(question: str, *, notes: bool, most: int = MOST) -> list[Hit]:
    """Cases that fit, the surest first, each once. Notes are looked through where the reader may read them."""
    question = " ".join(question.replace("\0", "").split())[:200]
    if not any(map(str.isalnum, question)):
        return []
    found: dict[int, tuple[Why, int | None]] = {}
    if number := NUMBER.fullmatch(question):
        found[int(number[1])] = (Why.NUMBER, None)
    there = Case.objects.filter(reference=question).order_by("-pk").values_list("pk", flat=True)
    found |= dict.fromkeys(there[:most], (Why.NUMBER, None))
    if not question.startswith("#"):
        if question.count(" ") < NAMED:
            _by_customer(question, found, most)
        _by_words(question, found, most, notes=notes)
    wanted = list(found)[: most + 1]  # perhaps nobody ever had the number
    cases = Case.objects.select_related("customer", "assignee", "merged_into").in_bulk(wanted)
    hits = [pk for pk in found if pk in cases][:most]
    excerpts = _excerpts(question, [entry for pk in hits if (entry := found[pk][1])])
    return [Hit(cases[pk], found[pk][0], excerpts.get(pk, ())) for pk in hits]


def _by_customer(question: str, found: dict[int, tuple[Why, int | None]], most: int) -> None:
    """Cases of whoever fits: for a number, an address, an order surely, for a name as well."""
    hits = find_customers(question, most=5)
    if hits and hits[0].why != Fitted.NAME:
        hits = [hit for hit in hits if hit.why != Fitted.NAME]
    customers = [hit.customer.pk for hit in hits]
    newest = Case.objects.filter(customer__in=customers).order_by("-received_at", "-pk").values_list("pk", flat=True)
    for pk in newest[: most // 2] if customers else ():
        found.setdefault(pk, (Why.CUSTOMER, None))


def _by_words(question: str, found: dict[int, tuple[Why, int | None]], most: int, *, notes: bool) -> None:
    """Each way is only gone where those before it have not filled the page."""
    values: dict[str, Any] = {
        "most": most,
        "fitting": FITTING,
        "looked": LOOKED_AT,
        "beginning": re.sub(r"([\\%_])", r"\\\1", question.lower()) + "%",
    }
    with connection.cursor() as cursor:
        for why, sql, asked in _ways(question, notes=notes):
            cursor.execute(sql, values | asked)
            for case, entry in sorted(cursor.fetchall(), key=lambda row: row[1] or row[0], reverse=True):
                found.setdefault(case, (why, entry))
            if len(found) >= most:
                return


def _ways(question: str, *, notes: bool) -> Iterable[tuple[Why, str, dict[str, Any]]]:
    if " " not in question:
        yield Why.SENDER, SENDERS, {}
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [question])
        [asked] = cursor.fetchone()
    tables = (
        (Why.SUBJECT, "feedback_case", "id, NULL::bigint", ""),
        (Why.SAID, "feedback_entry", "case_id, id", "" if notes else "AND kind <> 'note'"),
    )
    for why, table, columns, may in tables if asked else ():
        newest, driving = _driving(question, asked, table)
        values: dict[str, Any] = {"asked": asked, "newest": newest}
        yield why, NEW.format(table=table, found=columns, may=may), values
        for one in driving:
            yield why, OLD.format(table=table, found=columns, may=may), values | {"driving": one}


def _driving(question: str, asked: str, table: str) -> tuple[int, list[str]]:
    """Of how many of the newest rows each is looked at, and what the index is asked for then, so that it reads little;
    whether a row fits the whole question is seen in the row.

    Every beginning makes it gather all rows of all words that begin so. Of a question with a rare word that one is
    enough. Where all are common, first the common words that they begin are named, which it can skip through; the
    whole question is only asked where that did not fill the page.
    """
    with connection.cursor() as cursor:
        cursor.execute(WORDS, {"question": question, "table": table})
        words = {word: (rows or 0, common or []) for word, rows, common in cursor.fetchall()}
    terms = asked.split(" & ")
    pairs = [term for term in terms if term.split("'")[1] not in words]
    rare = [word for word, (rows, _common) in words.items() if rows <= RARE]
    if rare:
        longest = f"'{max(rare, key=len)}'"
        return FEW, [" & ".join([*pairs, *(term for term in terms if term.startswith(longest))])]
    if not words:
        return NEWEST, [asked]
    named = [
        "(" + " | ".join(f"'{one}'" for one in sorted({word, *common})) + ")"
        for word, (_rows, common) in words.items()
    ]
    return NEWEST, [" & ".join([*pairs, *named]), asked]


def _excerpts(question: str, entries: list[int]) -> dict[int, tuple[Piece, ...]]:
    """Of each case the place where the first word of the question stands in its message."""
    if not entries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [question])
        wanted = [part for row in cursor.fetchall() for part in row if part]
        cursor.execute(EXCERPTS, [entries])
        texts = cursor.fetchall()
    fits = re.compile("|".join(re.escape(part) for part in sorted(wanted, key=len, reverse=True)) or r"(?!)", re.I)
    return {case: tuple(excerpt(" ".join(text.split()), fits)) for case, text in texts}


def excerpt(text: str, fits: re.Pattern[str]) -> Iterable[Piece]:
    """The text around the first hit, cut into pieces. Where nothing stands literally it is the beginning."""
    first = fits.search(text)
    begins = max((first.start() if first else 0) - AROUND, 0)
    ends = min((first.end() if first else 0) + AROUND, len(text))
    if begins:
        yield Piece("…", False)
    at = begins
    for hit in fits.finditer(text, begins, ends):
        yield Piece(text[at : hit.start()], False)
        yield Piece(hit[0], True)
        at = hit.end()
    yield Piece(text[at:ends], False)
    if ends < len(text):
        yield Piece("…", False)
