from advisory.models.agendas import Item, Material, Proposal
from advisory.models.attendance import Presence, Speaking
from advisory.models.ballots import Ballot, Entitlement, Vote
from advisory.models.boards import Board, Officer
from advisory.models.charters import Charter, Nda
from advisory.models.forum import Follow, Post, Topic
from advisory.models.meetings import Invitee, Meeting, Move, Reminder, Reply
from advisory.models.minutes import Minutes, Remark
from advisory.models.notes import ActionItem, Mood, Note, Quote
from advisory.models.polls import Option, Preference
from advisory.models.rounds import Asked, Round
from advisory.models.seats import Declaration, Seat, Signature, Term

__all__ = [
    "ActionItem",
    "Asked",
    "Ballot",
    "Board",
    "Charter",
    "Declaration",
    "Entitlement",
    "Follow",
    "Invitee",
    "Item",
    "Material",
    "Meeting",
    "Minutes",
    "Mood",
    "Move",
    "Nda",
    "Note",
    "Officer",
    "Option",
    "Post",
    "Preference",
    "Presence",
    "Proposal",
    "Quote",
    "Remark",
    "Reminder",
    "Reply",
    "Round",
    "Seat",
    "Signature",
    "Speaking",
    "Term",
    "Topic",
    "Vote",
]
