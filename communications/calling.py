"""What to call somebody. Pure; no database."""

HANGUL = ("\uac00", "\ud7a3")


def first_name(name: str) -> str:
    """The first name where the writing tells which it is: a Korean name stays whole, as one is addressed by it.

    >>> first_name("Ann-Marie Lee"), first_name("สมชาย ใจดี"), first_name("김민수"), first_name("Dr. Ada King")
    ('Ann-Marie', 'สมชาย', '김민수', 'Ada')
    """
    words = [word for word in name.split() if not word.endswith(".")]
    if not words or any(HANGUL[0] <= letter <= HANGUL[1] for letter in name):
        return " ".join(name.split())
    if name.split()[0].endswith(","):  # Lee, Ann
        return words[-1]
    return words[0].rstrip(",") if not words[0].endswith(",") else words[-1]
