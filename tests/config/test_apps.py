import gc


def test_what_was_loaded_for_good_is_never_looked_through_for_garbage():
    assert gc.get_freeze_count() > 100_000
    assert gc.get_threshold()[0] == 50_000
