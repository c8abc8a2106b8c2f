"""Photos are made anew: by what they are and not by their name, no larger than needed, without metadata."""

import io
from unittest.mock import ANY

import pytest
from PIL import Image

from loyalty import images
from loyalty.images import PictureRefused
from tests.factories.pictures import photo

GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def refused(sent: bytes) -> str:
    with pytest.raises(PictureRefused) as refusal:
        images.make_anew(sent)
    return refusal.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_becomes_a_jpeg(kind):
    made = images.make_anew(photo(kind=kind))

    assert (opened(made.content).format, made.width, made.height) == ("JPEG", 300, 200)


def test_nothing_is_left_of_where_and_by_what_it_was_taken():
    exif = Image.Exif()
    exif[MAKER] = "Secret Phone"
    exif.get_ifd(GPS)[1] = "N"
    sent = photo(exif=exif, comment=b"my kitchen", icc_profile=b"profile")
    assert b"Secret Phone" in sent
    assert b"my kitchen" in sent

    made = images.make_anew(sent)

    assert dict(opened(made.content).getexif()) == {}
    assert opened(made.content).info == {"jfif": ANY, "jfif_version": ANY, "jfif_unit": ANY, "jfif_density": ANY}
    assert b"Secret" not in made.content
    assert b"kitchen" not in made.content


def test_it_stands_upright_and_is_no_larger_than_needed():
    exif = Image.Exif()
    exif[ORIENTATION] = 6

    made = images.make_anew(photo(4000, 1000, exif=exif))

    assert (made.width, made.height) == (500, 2000)


def test_what_can_be_seen_through_lies_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")

    assert opened(images.make_anew(out.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "picture_missing"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"%PDF-1.7", "not_a_picture"),
        (photo()[:400], "not_a_picture"),
        (photo(kind="GIF"), "not_a_picture"),
        (photo(99, 400), "picture_too_small"),
        (photo(8000, 5001, kind="PNG", mode="1"), "picture_too_large"),
        (photo(20000, 20000, kind="PNG", mode="1"), "picture_too_large"),
        (photo(10000, 9500, kind="PNG", mode="1"), "picture_too_large"),
        (b"\xff" * (10 * 1024 * 1024 + 1), "picture_too_large"),
    ],
    ids=["nothing", "svg", "pdf", "cut", "gif", "small", "points", "bomb", "large", "bytes"],
)
def test_what_is_no_photo_is_refused(sent, why):
    assert refused(sent) == why
