"""Who looked at or changed whom, for managers."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from customers.models import AccessLog, Customer
from customers.pages.listing import all_of, as_file, chosen, keyset
from customers.queries import access
from customers.spreadsheets import rows_to_csv
from people.models import User
from people.requests import StaffRequest, day

AUDIT = "customers.audit_access"
PER_PAGE = 50


@site.page(
    "audit/",
    name="audit",
    permission=AUDIT,
    menu=gettext_lazy("Who looked at whom"),
    icon="policy",
    group=Group.CUSTOMERS,
    order=90,
)
def audit(request: StaffRequest) -> HttpResponseBase:
    number = request.GET.get("customer", "").strip()
    customer = Customer.objects.filter(number=number).select_related("merged_into").first() if number else None
    who = request.GET.get("by", "")
    person = User.objects.filter(username=who).first() if who else None
    what = chosen(request, "what", AccessLog.What.values)
    since, until = (day(request.GET.get(name, "")) for name in ("since", "until"))
    found = access.accesses(
        customer=(customer.merged_into or customer) if customer else None,
        by=person,
        what=what,
        since=since,
        until=until,
    )
    if (number and not customer) or (who and not person):
        found = found.none()
    if as_file(request):
        header = [_("When"), _("Who"), _("What"), _("Fields"), _("Customer")]
        rows = (
            [row.at, row.by or row.through, row.get_what_display(), row.fields, row.customer.number]
            for row in all_of(found)
        )
        return rows_to_csv(header, rows, filename="audit.csv")
    return site.render(
        request,
        "customers/audit.html",
        title=_("Who looked at whom"),
        page=keyset(request, found, limit=PER_PAGE),
        whats=AccessLog.What.choices,
        staff=User.objects.filter(is_staff=True).order_by("username"),
        wanted={"customer": number, "by": who, "what": what, "since": since, "until": until},
    )
