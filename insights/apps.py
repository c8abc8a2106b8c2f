from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"

    # Tables that tell of customers, and by which path: what is exported of a person. The reader of the timeline lets
    # rows and risks follow a merge; an erasure leaves what was bought as figures of nobody.
    about_customers = {
        "Buyer": "customer",
        "BuyerMonth": "customer",
        "TouchedMonth": "customer",
        "Risk": "customer",
        "Outreach": "customer",
        "Assignment": "customer",
    }
