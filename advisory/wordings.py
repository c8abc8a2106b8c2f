"""What members and those who may become one are written, in their language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from advisory.models import Charter, Nominee, Recommendation, Report, Term, Voter
from advisory.queries import members
from advisory.queries.people import language
from advisory.queries.recommendations import Line, decision
from communications import timing
from customers.models import Customer


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


Wording = Callable[[Customer], Mail]


def address(name: str, token: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[token])


def mail(subject: str, paragraphs: list[str], *, language: str, link: str = "", button: str = "") -> Mail:
    """Paragraphs and perhaps one link, as text and as HTML. To be called in the reader's language."""
    context = {
        "paragraphs": paragraphs, "link": link, "button": button, "business": settings.BUSINESS_NAME,
        "language": language,
    }  # fmt: skip
    return Mail(
        " ".join(subject.split())[:250],
        render_to_string("advisory/mail/letter.txt", context),
        render_to_string("advisory/mail/letter.html", context),
    )


def invitation(term: Term, token: str, charter: Charter | None, *, reminder: bool = False) -> Mail:
    spoken = language(term.customer)
    with translation.override(spoken):
        known = {"board": term.board.name, "business": settings.BUSINESS_NAME}
        subject = _("Your seat on the %(board)s of %(business)s") % known
        if term.renews_id:
            first = _("Your term on the %(board)s is ending. Will you stay for another one?") % known
        else:
            first = _("We would like you to join the %(board)s: customers who tell us what should change.") % known
        if reminder:
            subject = _("A reminder: %(subject)s") % {"subject": subject}
        days = {"first": formats.date_format(term.starts_on), "last": formats.date_format(term.ends_on)}
        said = [first, charter.mission if charter else "", _("Your term: %(first)s to %(last)s.") % days]
        if term.answer_by:
            until = formats.date_format(timing.business_date(term.answer_by))
            said.append(_("Please answer until %(day)s: one click shows you everything first.") % {"day": until})
        link = address("board_seat", token)
        return mail(subject, [one for one in said if one], language=spoken, link=link, button=_("See and answer"))


def sign_in(term: Term, token: str, minutes: int) -> Mail:
    """It says nothing of the board but its name: whoever reads the mailbox may not be the member."""
    spoken = language(term.customer)
    with translation.override(spoken):
        said = [
            _("Here is the link to your pages of the %(board)s. It works once, for %(minutes)s minutes.")
            % {"board": term.board.name, "minutes": minutes},
            _("If you did not ask for it, do nothing: nobody has signed in."),
        ]
        return mail(
            _("Your link to the %(board)s") % {"board": term.board.name}, said, language=spoken,
            link=address("board_enter", token), button=_("Sign in"),
        )  # fmt: skip


def thanks(term: Term, text: str) -> Mail:
    spoken = language(term.customer)
    with translation.override(spoken):
        subject = _("Thank you from %(business)s") % {"business": settings.BUSINESS_NAME}
        return mail(subject, text.split("\n\n"), language=spoken)


def nomination(nominee: Nominee, token: str) -> Mail:
    spoken = language(nominee.customer)
    board = {"board": nominee.election.board.name}
    with translation.override(spoken):
        said = [_("Somebody would like to see you on the %(board)s. Other customers will vote.") % board]
        return mail(
            _("Will you stand for the %(board)s?") % board, said, language=spoken,
            link=address("board_nominee", token), button=_("See and answer"),
        )  # fmt: skip


def ballot(voter: Voter, token: str) -> Mail:
    spoken = language(voter.customer)
    with translation.override(spoken):
        board = {"board": voter.election.board.name}
        until = members.until(voter)
        said = [
            _("You are one of the customers who choose members of the %(board)s.") % board,
            _("You have one vote, it is secret, and you have until %(time)s.") % {"time": until},
        ]
        return mail(
            _("Choose who speaks for customers: %(board)s") % board, said, language=spoken,
            link=address("board_election", token), button=_("Vote"),
        )  # fmt: skip


def answered(recommendation: Recommendation, title: str, customer: Customer) -> Mail:
    """What was decided about something the customer proposed, supported or complained of."""
    spoken = language(customer)
    with translation.override(spoken):
        state = Recommendation.State(recommendation.published).label
        said = [
            _("You helped us to see this: %(title)s") % {"title": title},
            _("What we decided: %(state)s.") % {"state": state},
        ]
        if title == recommendation.title:
            said.append(decision(recommendation))
            said += [update.note for update in recommendation.updates.exclude(shipped_on=None).order_by("pk")]
        return mail(_("You said, we did: %(title)s") % {"title": title}, [one for one in said if one], language=spoken)


def report(report: Report, lines: Sequence[Line], spoken: str) -> Mail:
    with translation.override(spoken):
        days = {"first": formats.date_format(report.since), "last": formats.date_format(report.until)}
        said = [report.words, _("What you said and what we did, %(first)s to %(last)s:") % days]
        for line in lines:
            state = Recommendation.State(line.recommendation.published).label
            said.append("\n".join(part for part in (f"{line.title}: {state}", line.reason, *line.updates) if part))
        return mail(_("You said, we did"), [one for one in said if one], language=spoken)
