"""How much, how often, and what it comes to."""

from django.utils.translation import gettext_lazy as _

from insights.definitions.definition import Definition, Section, Unit
from insights.definitions.keeping import GROUPS

MONTH = _("The calendar month.")
B = Section.BUYING

BUYING = (
    Definition(
        "revenue", _("Sales"), _("Goods after discounts, tax included, without shipping, before returns."),
        _("goods"), _("orders"), MONTH, Unit.MONEY, B, _("Cancelled orders are left out. One figure per currency."),
        by=GROUPS,
    ),
    Definition(
        "revenue_net", _("Sales less returns"), _("Sales, less what came back of these orders so far."),
        _("goods less what came back"), _("orders"), MONTH, Unit.MONEY, B,
        _("What comes back later changes the month in which it was bought."), by=GROUPS,
    ),
    Definition(
        "orders", _("Orders"), _("Orders that were not cancelled."), _("orders"), _("buyers"), MONTH, Unit.COUNT, B,
        by=GROUPS,
    ),
    Definition(
        "buyers", _("Buyers"), _("Customers with an order."), _("buyers"), _("buyers"), MONTH, Unit.COUNT, B,
        by=GROUPS,
    ),
    Definition(
        "aov", _("Average order"), _("Goods after discounts by orders. What comes back later does not change it."),
        _("goods"), _("orders"), MONTH, Unit.MONEY, B, by=GROUPS,
    ),
    Definition(
        "aov_net", _("Average order less returns"), _("Goods less what came back, by all orders."),
        _("goods less what came back"), _("orders"), MONTH, Unit.MONEY, B,
        _("Orders that came back whole still count as orders."), by=GROUPS,
    ),
    Definition(
        "aov_median", _("Median order"), _("Half of the orders are smaller. Large orders do not move it."),
        _("orders"), _("orders"), MONTH, Unit.MONEY, B, by=GROUPS, counted=Unit.COUNT,
    ),
    Definition(
        "aov_paid", _("Average order that cost something"), _("Goods by the orders that were not for nothing."),
        _("goods"), _("orders above 0"), MONTH, Unit.MONEY, B, by=GROUPS,
    ),
    Definition(
        "frequency", _("Orders per buyer"), _("Orders by those who bought."), _("orders"), _("buyers"),
        _("The last 365 days, or what the settings say."), Unit.NUMBER, B, by=GROUPS,
    ),
    Definition(
        "clv", _("Value so far"), _("What a customer has brought: goods less what came back, by all who ever bought."),
        _("goods less what came back"), _("customers who ever bought"), _("All that came before the day."),
        Unit.MONEY, B, by=GROUPS,
    ),
    Definition(
        "clv_expected", _("Value expected in a year"),
        _("Orders expected in 365 days (BG/NBD) times what one is expected to come to (Gamma-Gamma), by customer."),
        _("expected goods"), _("customers who are scored"), _("The next 365 days."), Unit.MONEY, B,
        _("In the currency of the business. Gamma-Gamma takes amounts not to depend on how often: look at the"
          " correlation on the page of the model."), by=GROUPS,
    ),
    Definition(
        "returning_share", _("Sales to known customers"),
        _("Of the sales of the month, the share to customers who had bought before the month."),
        _("goods bought by known customers"), _("goods"), MONTH, Unit.SHARE, B, better="", of_unit=Unit.MONEY,
        by=GROUPS,
    ),
    Definition(
        "rfm", _("Recency, frequency, money"),
        _("Customers who bought within a year in five equal parts, by days since the last order, by orders, and by"
          " goods less returns; 555 is the best of all three."),
        _("in the cell"), _("buyers"), _("The last 365 days, or what the settings say."), Unit.COUNT, B,
        _("Ties are broken by the customer's id, so that a cell is the same each time. Business currency only."),
        better="", by=("rfm",),
    ),
)  # fmt: skip
