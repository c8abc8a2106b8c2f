from calendars.actions.refusals import REASONS, CalendarRefused


def test_every_refusal_reads_as_a_sentence_and_knows_its_field():
    params = {"days": "Monday", "date": "1 May", "most": 62, "first": 1976, "last": 2071}

    for code, (_, field) in REASONS.items():
        refusal = CalendarRefused(code, **params)

        assert (refusal.code, refusal.field) == (code, field)
        assert "%(" not in refusal.messages[0]
        assert refusal.messages[0].endswith(".")
