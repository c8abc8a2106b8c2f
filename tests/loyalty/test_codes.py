from itertools import combinations

import pytest

from loyalty import codes


def test_codes_are_well_formed_and_none_comes_twice():
    made = [codes.new_code() for _ in range(2000)]

    assert len(set(made)) == 2000
    assert all(codes.is_well_formed(code) for code in made)
    assert {len(code) for code in made} == {19}


def test_no_sign_looks_like_another():
    assert len(set(codes.SIGNS)) == 29
    assert [pair for pair in ("0O", "1I", "5S", "8B") if len(set(pair) & set(codes.SIGNS)) > 1] == []


def test_one_wrong_sign_is_noticed_wherever_it_is():
    code = codes.plain(codes.new_code())

    slips = [code[:at] + sign + code[at + 1 :] for at in range(len(code)) for sign in codes.SIGNS if sign != code[at]]

    assert len(slips) == 16 * 28
    assert [slip for slip in slips if codes.is_well_formed(slip)] == []


def test_two_signs_that_changed_places_are_noticed_however_far_apart():
    body = "2345679ACDEFGHJ"
    code = list(body + codes.check_sign(body))
    assert codes.is_well_formed("".join(code))

    for one, other in combinations(range(len(body)), 2):
        swapped = code.copy()
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert not codes.is_well_formed("".join(swapped))


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\n"])
def test_a_code_is_read_however_it_is_written(typed):
    code = codes.new_code()

    for written in (code, code.lower(), code.replace("-", " "), codes.plain(code)):
        assert codes.is_well_formed(typed.format(written))
        assert codes.digest(typed.format(written)) == codes.digest(code)


@pytest.mark.parametrize("typed", ["", "X", "OOOO-OOOO-OOOO-OOOO", "2" * 15, "\N{FULLWIDTH DIGIT TWO}" * 16])
def test_what_cannot_be_a_code_is_none(typed):
    assert not codes.is_well_formed(typed)
