from pathlib import Path

from benchmarks.__main__ import FOLDER, known


def test_what_has_a_bar_is_run_and_what_only_helps_is_not():
    def reads(file: Path) -> str:
        return file.read_text(encoding="utf-8")

    helpers = {"ground", "ledger_ground", "hordak_peer", "mail_sink"}  # the last of them would serve for ever
    with_bars = {
        file.stem for file in FOLDER.glob("[a-z]*.py") if "sys.exit(" in reads(file) or ".end()" in reads(file)
    }

    assert not helpers & set(known())
    assert with_bars - helpers <= set(known())
