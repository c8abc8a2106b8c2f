"""On one's own machine nothing leaves it: letters become files that any mail program opens."""

import re
from pathlib import Path

from communications.channels.outcomes import Outcome, Result, Unreachable


class Folder:
    def __init__(self, path: str, ending: str = ".eml") -> None:
        self.path, self.ending = Path(path), ending

    def open(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as flaw:
            raise Unreachable(str(flaw)) from flaw

    def hand_over(self, sender: str, to: str, letter: bytes, *, name: str) -> Outcome:
        """The same letter twice is one file."""
        file = self.path / f"{re.sub(r'[^A-Za-z0-9.@-]', '', name)}{self.ending}"
        try:
            half = file.with_suffix(".part")
            half.write_bytes(letter)
            half.rename(file)
        except OSError as flaw:
            return Outcome(Result.LATER, str(flaw))
        return Outcome(Result.SENT)

    def close(self) -> None:
        pass
