"""When a customer counts as new, at risk, lapsed or back again. Days are days of 24 hours since the last purchase."""

LAPSED_AFTER_DAYS = 365
AT_RISK_AFTER_DAYS = 90  # nobody is at risk sooner, however often they usually come
AT_RISK_GAPS = 2  # times their own usual gap: one who comes twice a year is not at risk after three months
NEW_FOR_DAYS = 90
RETURNED_FOR_DAYS = 90

# The stage in SQL, for whoever has the columns purchases, quiet (days since the last), usual_gap and last_gap.
STAGE = f"""
CASE
    WHEN purchases = 0 THEN 'lead'
    WHEN quiet > {LAPSED_AFTER_DAYS} THEN 'lapsed'
    WHEN quiet > greatest({AT_RISK_AFTER_DAYS}, coalesce(usual_gap, 0) * {AT_RISK_GAPS}) THEN 'at_risk'
    WHEN purchases = 1 AND quiet <= {NEW_FOR_DAYS} THEN 'new'
    WHEN last_gap > {LAPSED_AFTER_DAYS} AND quiet <= {RETURNED_FOR_DAYS} THEN 'returned'
    ELSE 'active'
END
"""
