from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    # Tables that tell of customers, and by which path: what is exported of a person.
    about_customers = {
        "EmailAddress": "customer",
        "Phone": "customer",
        "PostalAddress": "customer",
        "Trait": "customer",
        "ConsentDecision": "customer",
        "Profile": "customer",
        "Purchase": "customer",
        "Line": "purchase__customer",
        "Return": "purchase__customer",
        "ReturnLine": "part_of__purchase__customer",
        "Fact": "customer",
        "SetAside": "fact__customer",
        "SegmentMember": "customer",
        "Duplicate": ("first", "second"),
        "AccessLog": "customer",
        "CustomerEvent": "pgh_obj",
        "EmailAddressEvent": "customer",
        "PhoneEvent": "customer",
        "PostalAddressEvent": "customer",
        "TraitEvent": "customer",
    }
