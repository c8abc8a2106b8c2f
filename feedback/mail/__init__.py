"""E-mail as it comes over the wire, read without a database."""

from feedback.mail import addresses
from feedback.mail.automatic import Bounce
from feedback.mail.incoming import File, Incoming, parse

__all__ = ["Bounce", "File", "Incoming", "addresses", "parse"]
