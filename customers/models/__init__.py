from customers.models.access import AccessLog
from customers.models.consent import ConsentDecision
from customers.models.customers import Customer, EmailAddress, Phone, PostalAddress, Trait
from customers.models.duplicates import Duplicate, DuplicateSearch
from customers.models.imports import BadRow, ImportRun, WaitingRow
from customers.models.profile import Profile
from customers.models.purchases import Line, Purchase, Return, ReturnLine, Source
from customers.models.readers import Bookmark, SetAside
from customers.models.segments import Segment, SegmentMember, SegmentVersion
from customers.models.timeline import REPORTABLE, Fact, Verb

__all__ = [
    "REPORTABLE",
    "AccessLog",
    "BadRow",
    "Bookmark",
    "ConsentDecision",
    "Customer",
    "Duplicate",
    "DuplicateSearch",
    "EmailAddress",
    "Fact",
    "ImportRun",
    "Line",
    "Phone",
    "PostalAddress",
    "Profile",
    "Purchase",
    "Return",
    "ReturnLine",
    "Segment",
    "SegmentMember",
    "SegmentVersion",
    "SetAside",
    "Source",
    "Trait",
    "Verb",
    "WaitingRow",
]
