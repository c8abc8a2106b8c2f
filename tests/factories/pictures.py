"""Photos for tests: a new one each time, made here."""

import io
from itertools import count

from PIL import Image

numbers = count(1)


def photo(width: int = 300, height: int = 200, *, kind: str = "JPEG", mode: str = "RGB", **saved) -> bytes:
    n = next(numbers)
    image = Image.new(mode, (width, height), "white")
    image.paste("red", (0, 0, 20 + n % 80, 20 + n // 80))
    out = io.BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()
