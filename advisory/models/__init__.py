from advisory.models.agendas import Item, Material, Proposal
from advisory.models.attendance import Presence, Speaking
from advisory.models.ballots import Ballot, Entitlement, Vote
from advisory.models.boards import Board, Officer
from advisory.models.charters import Charter, Nda
from advisory.models.elections import Election, ElectionBallot, Nominee, Voter
from advisory.models.forum import Follow, Post, Topic
from advisory.models.meetings import Invitee, Meeting, Move, Reminder, Reply
from advisory.models.minutes import Minutes, Remark
from advisory.models.notes import ActionItem, Mood, Note, Quote
from advisory.models.polls import Option, Preference
from advisory.models.recommendations import (
    Evidence,
    ProductUpdate,
    Recommendation,
    RecommendationStep,
    Report,
    Support,
)
from advisory.models.rounds import Asked, Round
from advisory.models.seats import Declaration, Seat, Signature, Term
from advisory.models.selections import Candidate, Draw, Exclusion, Pool

__all__ = [
    "ActionItem",
    "Asked",
    "Ballot",
    "Board",
    "Candidate",
    "Charter",
    "Declaration",
    "Draw",
    "Election",
    "ElectionBallot",
    "Entitlement",
    "Evidence",
    "Exclusion",
    "Follow",
    "Invitee",
    "Item",
    "Material",
    "Meeting",
    "Minutes",
    "Mood",
    "Move",
    "Nda",
    "Nominee",
    "Note",
    "Officer",
    "Option",
    "Pool",
    "Post",
    "Preference",
    "Presence",
    "ProductUpdate",
    "Proposal",
    "Quote",
    "Recommendation",
    "RecommendationStep",
    "Remark",
    "Reminder",
    "Reply",
    "Report",
    "Round",
    "Seat",
    "Signature",
    "Speaking",
    "Support",
    "Term",
    "Topic",
    "Vote",
    "Voter",
]
