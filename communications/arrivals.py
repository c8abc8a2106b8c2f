"""What the customer's timeline says of a touchpoint that reached somebody, and of what people could not do. Pure."""

from communications.models import HumanTask, Step
from customers.models import Verb

Kind, Outcome = Step.Kind, HumanTask.Outcome
VERBS: dict[Step.Kind, Verb] = {
    Kind.EMAIL: Verb.WRITTEN_TO,
    Kind.SMS: Verb.WRITTEN_TO,
    Kind.PUSH: Verb.WRITTEN_TO,
    Kind.CONTENT: Verb.WRITTEN_TO,
    Kind.CALL: Verb.CALLED,
    Kind.NOTE: Verb.NOTE_SENT,
    Kind.CARD: Verb.NOTE_SENT,
    Kind.GIFT: Verb.GIFT_SENT,
    Kind.OFFER: Verb.OFFERED,
    Kind.EVENT: Verb.INVITED,
}
OURS = frozenset(VERBS.values())
IN_VAIN = frozenset({Outcome.NOT_REACHED, Outcome.WRONG_NUMBER, Outcome.RETURNED})

# The same in SQL, of the kind of a step.
VERB = "CASE {kind} " + " ".join(f"WHEN '{kind.value}' THEN '{verb.value}'" for kind, verb in VERBS.items()) + " END"

ABOUT = "jsonb_build_object('kind', s.kind, 'touchpoint', c.id, 'plan', c.plan_id, 'name', p.name)"


def verb_of(kind: str, outcome: str) -> Verb:
    """What somebody did by hand, by how it ended."""
    return Verb.CONTACTED if outcome in IN_VAIN else VERBS[Kind(kind)]
