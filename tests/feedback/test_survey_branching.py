"""Which questions are shown: chosen by the answers to earlier ones, each at most once, and it always ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.surveys import branching
from feedback.surveys.questions import Condition, Content, ContentRefused, How, Kind, Question, read, write
from tests.factories.surveys import both, content

SCALE = {"kind": "nps", "text": {"en": "How?"}}


def said(*questions: dict) -> dict:
    return {"languages": ["en"], "questions": [SCALE | each for each in questions]}


def refused(said) -> str:
    with pytest.raises(ContentRefused) as refusal:
        branching.checked(said)
    return refusal.value.code


def test_a_question_is_shown_where_the_answer_before_it_says_so():
    asked = branching.checked(content())

    assert [each.code for each in branching.shown(asked, {"score": 3})] == ["score", "why"]
    assert [each.code for each in branching.shown(asked, {"score": 9})] == ["score"]
    assert [each.code for each in branching.shown(asked, {})] == ["score"]
    assert branching.next_after(asked, {"score": 9}, "score") is None
    assert branching.counted(asked, {"score": 9, "why": "no"}) == {"score": 9}


def test_what_is_written_reads_the_same():
    assert write(read(content())) == content()


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        ([{"code": "a", "show_if": {"question": "b", "how": "answered"}}], "unknown_question"),
        ([{"code": "a", "show_if": {"question": "a", "how": "answered"}}], "circle"),
        (
            [
                {"code": "a", "show_if": {"question": "b", "how": "answered"}},
                {"code": "b", "show_if": {"question": "a", "how": "answered"}},
            ],
            "circle",
        ),
        ([{"code": "a", "show_if": {"question": "b", "how": "answered"}}, {"code": "b"}], "not_earlier"),
        ([{"code": "a"}, {"code": "b", "show_if": {"question": "a", "how": "at_most", "value": 11}}], "wrong_value"),
        (
            [{"code": "a", "kind": "text"}, {"code": "b", "show_if": {"question": "a", "how": "at_most", "value": 1}}],
            "unknown_comparison",
        ),
        ([{"code": "a"}, {"code": "a"}], "code_twice"),
        ([{"code": "A b"}], "wrong_code"),
        ([{"code": "a", "kind": "stars"}], "unknown_kind"),
        ([{"code": "a", "kind": "choice", "choices": [{"code": "x", "text": {"en": "X"}}]}], "no_choices"),
        ([{"code": "a", "text": {"ko": "only"}}], "text_missing"),
        ([], "no_question"),
    ],
)
def test_what_cannot_be_asked_is_refused(questions, code):
    assert refused(said(*questions)) == code


def test_a_survey_that_measures_begins_with_its_scale():
    with pytest.raises(ContentRefused) as refusal:
        branching.check_score(branching.checked(said({"code": "a", "kind": "text"})), "nps")
    assert refusal.value.code == "score_first"
    branching.check_score(branching.checked(content("csat")), "csat")


CODES = [f"q{n}" for n in range(8)]


@st.composite
def contents(draw) -> Content:
    questions = []
    for place in range(draw(st.integers(1, 8))):
        condition = None
        if place and draw(st.booleans()):
            how = draw(st.sampled_from(list(How)))
            condition = Condition(CODES[draw(st.integers(0, place - 1))], how, draw(st.integers(0, 10)))
        questions.append(Question(CODES[place], Kind.NPS, both("?"), required=draw(st.booleans()), show_if=condition))
    return Content(("en",), tuple(questions))


answers = st.lists(st.none() | st.integers(0, 10), min_size=8, max_size=8).map(
    lambda said: {code: value for code, value in zip(CODES, said, strict=True) if value is not None}
)


@given(contents(), answers)
def test_walking_a_survey_asks_each_question_once_and_ends(made, given):
    walked, at = [], branching.shown(made, given)[0]
    while at is not None:
        walked.append(at.code)
        assert len(walked) <= len(made.questions)
        at = branching.next_after(made, given, at.code)

    assert walked == [each.code for each in branching.shown(made, given)]
    assert len(set(walked)) == len(walked)


@given(contents(), answers)
def test_what_was_answered_to_a_hidden_question_counts_for_nothing(made, given):
    counted = branching.counted(made, given)

    assert branching.shown(made, counted) == branching.shown(made, given)
    for each in branching.shown(made, given):
        if each.show_if:
            assert each.show_if.question in counted
