from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    # Tables that tell of customers, and by which path: what is exported of a person.
    about_customers = {
        "Case": "customer",
        "Entry": "case__customer",
        "Attachment": "entry__case__customer",
        "CaseEvent": "case__customer",
        "Redress": "case__customer",
        "Referral": "case__customer",
        "Draft": "case__customer",
        "Move": ("source__customer", "target__customer"),
        "Invitation": "customer",
        "LeavingReason": "customer",
        "QualityReview": "case__customer",
        "Answer": "invitation__customer",
        "Clock": "case__customer",
        "Pause": "case__customer",
        "Mail": "case__customer",
    }
    # Files that the import centre brings in for us: see customers.files.kinds.
    import_kinds = {
        "cases": ("feedback.case_files.CaseReader", "feedback.actions.imports.bring_in", "feedback.add_case")
    }
    # What a merge and an erasure do to them: see customers.queries.holdings.
    moved_with_customer = {"Case": "customer", "Invitation": "customer", "LeavingReason": "customer"}
    emptied_with_customer = {
        "Case": (
            "customer",
            {"sender_name": "", "sender_address": "", "subject": "erased", "outcome_reason": ""},
        ),
        "Entry": (
            "case__customer",
            {"text": "", "html": "", "sender_name": "", "sender_address": "", "message_id": None},
        ),
        "Redress": ("case__customer", {"words": "", "reference": ""}),
        "Referral": ("case__customer", {"reference": ""}),
        "Draft": ("case__customer", {"text": ""}),
        "Invitation": ("customer", {"token_hash": None, "reminder_hash": None}),
        "Answer": ("invitation__customer", {"text": ""}),
        "QualityReview": ("case__customer", {"coaching": ""}),
        "Attachment": (
            "entry__case__customer",
            {"name": "erased", "path": "", "digest": "", "content_id": "", "refused": "erased"},
        ),
    }
