"""Make a photo anew from what somebody sent: checked by its content, of a sensible size, without metadata. Pure."""

import io
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE = 100
LONGEST_SIDE = 2_000  # a till's receipt can be read well at that
QUALITY = 85


class PictureRefused(ValidationError):
    """``code`` is ``picture_missing``, ``picture_too_large``, ``picture_too_small`` or ``not_a_picture``."""

    MESSAGES = {
        "picture_missing": _("Send a picture."),
        "picture_too_large": _("A picture has at most 10 MB and 40 million points."),
        "picture_too_small": _("A picture is at least 100 points wide and high."),
        "not_a_picture": _("This is not a picture that can be read: send a JPEG, PNG or WebP file."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.MESSAGES[code], code=code)
        self.field = "picture"


@dataclass(frozen=True)
class Made:
    """A JPEG file that has pixels and nothing else."""

    content: bytes
    width: int
    height: int


def make_anew(sent: bytes) -> Made:
    """Read a picture, whatever its name says, turn it upright, and write its pixels into a new file.

    Raises PictureRefused.
    """
    if not sent:
        raise PictureRefused("picture_missing")
    if len(sent) > MOST_BYTES:
        raise PictureRefused("picture_too_large")
    try:
        with Image.open(io.BytesIO(sent), formats=KINDS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:  # before a single point is unpacked
                raise PictureRefused("picture_too_large")
            if min(width, height) < LEAST_SIDE:
                raise PictureRefused("picture_too_small")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
            return _written(_plain(ImageOps.exif_transpose(image)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureRefused("picture_too_large") from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as flaw:
        if isinstance(flaw, PictureRefused):
            raise
        raise PictureRefused("not_a_picture") from flaw


def _plain(image: Image.Image) -> Image.Image:
    """Colours only, on white where it could be seen through; nothing that the file said besides."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen_through = image.convert("RGBA")
    plain = Image.new("RGB", image.size, "white")
    plain.paste(seen_through, mask=seen_through.getchannel("A"))
    return plain


def _written(image: Image.Image) -> Made:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Made(out.getvalue(), *image.size)
