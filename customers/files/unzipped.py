"""The bytes of a zipped file, unzipped by a thread of its own: one piece ahead of who reads them."""

import gzip
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PIECE = 1 << 20


class Unzipped(io.RawIOBase):
    """Errors of the unzipping are raised where the bytes are asked for."""

    def __init__(self, path: Path):
        self._file = gzip.open(path)  # noqa: SIM115
        self._pool = ThreadPoolExecutor(1)
        self._coming = self._pool.submit(self._file.read1, PIECE)
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        if not self._piece:
            self._piece = memoryview(self._coming.result())
            if self._piece:
                self._coming = self._pool.submit(self._file.read1, PIECE)
        count = min(len(room), len(self._piece))
        room[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            self._pool.shutdown()
            self._file.close()
        super().close()
