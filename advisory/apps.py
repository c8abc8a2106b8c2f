from django.apps import AppConfig


class AdvisoryConfig(AppConfig):
    name = "advisory"

    # Tables that tell of customers, and by which path: what is exported of a person.
    about_customers = {
        "Term": "customer",
        "Signature": "term__customer",
        "Declaration": "term__customer",
        "Officer": "term__customer",
        "Invitee": "term__customer",
        "Reply": "invitee__term__customer",
        "Preference": "term__customer",
        "Proposal": "term__customer",
        "Presence": "invitee__term__customer",
        "Entitlement": "invitee__term__customer",
        "Vote": "entitlement__invitee__term__customer",
        "Quote": "invitee__term__customer",
        "Mood": "invitee__term__customer",
        "ActionItem": "owner_term__customer",
        "Remark": "term__customer",
        "Topic": "term__customer",
        "Post": "term__customer",
        "Follow": "term__customer",
        "Asked": ("term__customer", "invitation__customer"),
        "Exclusion": "customer",
        "Candidate": "customer",
        "Nominee": "customer",
        "Voter": "customer",
        "Recommendation": "proposed_by__customer",
        "Support": "term__customer",
        "Evidence": ("case__customer", "answer__invitation__customer"),
    }
    # What the company has decided inside is not told before it is published: members read ``published``.
    kept_to_ourselves = {
        "Recommendation": (
            "state", "state_at", "reason", "decided_at", "progress", "answer_by", "review_on", "neutral",
            "merged_into", "version",
        ),
    }  # fmt: skip
    # What a merge and an erasure do to them: see customers.queries.holdings. Whose seat it was is said by
    # ``Term.who``: an erased person is a former member.
    moved_with_customer = {
        "Term": "customer",
        "Candidate": "customer",
        "Exclusion": "customer",
        "Nominee": "customer",
        "Voter": "customer",
    }
    emptied_with_customer = {
        "Term": ("customer", {"reason": "erased", "end_reason": "", "thanked_with": "", "signed_in_at": None}),
        "Signature": ("term__customer", {"name": ""}),
        "Declaration": ("term__customer", {"text": ""}),
        "Invitee": ("term__customer", {"comment": ""}),
        "Reply": ("invitee__term__customer", {"address": "", "comment": ""}),
        "Presence": ("invitee__term__customer", {"substitute": ""}),
        "Proposal": ("term__customer", {"text": ""}),
        "Quote": ("invitee__term__customer", {"by_name": False}),
        "Remark": ("term__customer", {"text": "…"}),
        "Post": ("term__customer", {"text": "…"}),
        "Exclusion": ("customer", {"reason": ""}),
        "Candidate": ("customer", {"customer": None}),  # the draw can still be made again
        "Nominee": ("customer", {"statement": ""}),
    }
