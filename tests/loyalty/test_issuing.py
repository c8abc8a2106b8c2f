from loyalty.actions import issuing


def test_one_and_many_write_the_same():
    one, many = (sql.split("posted AS", 1)[1] for sql in (issuing.ISSUE_FIT, issuing.ISSUE_MANY))
    for name, place in issuing.WISH.items():
        one = one.replace(place, issuing.WISHES[name])
    written = many.replace(" WHERE fits", "").rsplit("SELECT", 2)[0]

    assert "INSERT" in written
    assert one.startswith(written)
