from django.apps import AppConfig


class CommunicationsConfig(AppConfig):
    name = "communications"

    # Tables that tell of customers, and by which path: what is exported of a person.
    about_customers = {
        "Message": "customer",
        "Hold": "customer",
        "Suppression": "customer",
        "PushSubscription": "customer",
        "Reaction": "message__customer",
        "Enrolment": "customer",
        "Touchpoint": "customer",
        "HumanTask": "customer",
    }
    # A note may say anything, and a script may name the person.
    emptied_with_customer = {
        "HumanTask": ("customer", {"note": "", "script": ""}),
    }
