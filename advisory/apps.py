from django.apps import AppConfig


class AdvisoryConfig(AppConfig):
    name = "advisory"

    # Tables that tell of customers, and by which path: what is exported of a person.
    about_customers = {
        "Term": "customer",
        "Signature": "term__customer",
        "Declaration": "term__customer",
        "Officer": "term__customer",
    }
    # What a merge and an erasure do to them: see customers.queries.holdings. Whose seat it was is said by
    # ``Term.who``: an erased person is a former member.
    moved_with_customer = {"Term": "customer"}
    emptied_with_customer = {
        "Term": ("customer", {"reason": "erased", "end_reason": "", "thanked_with": ""}),
        "Signature": ("term__customer", {"name": ""}),
        "Declaration": ("term__customer", {"text": ""}),
    }
