"""The group that a customer belongs to, for figures that are not of purchases: of points, answers and complaints."""

from insights.queries.asked import Asked

# Tiers and segments are those of now. The channel is that of the latest order before the day. Who has none of it, or
# is nobody that we know, is in the group without a name.
OF = {
    "": "SELECT ''::text AS member",
    "tier": "SELECT coalesce((SELECT p.tier FROM customers_profile p WHERE p.customer_id = {who}), '') AS member",
    "channel": """SELECT coalesce((
        SELECT b.channel FROM insights_buyermonth b WHERE b.customer_id = {who} AND b.month < %(as_of)s
            AND b.month + b.days[1] - 1 < %(as_of)s
        ORDER BY b.month DESC, b.days[cardinality(b.days)] DESC, b.channel LIMIT 1), '') AS member""",
    "cohort": """SELECT coalesce((
        SELECT to_char(min(b.first_day), 'YYYY-MM') FROM insights_buyer b WHERE b.customer_id = {who}
    ), '') AS member""",
    "segment": "SELECT s.member FROM insights_members s WHERE s.customer_id = {who}",
}


def group_of(asked: Asked, who: str) -> str:
    """SQL that joins the group of a customer (``who`` is a column) as ``member``. Of several segments each counts."""
    return f"CROSS JOIN LATERAL ({OF[asked.dimension].format(who=who)}) AS grouped"
