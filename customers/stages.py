"""When a customer counts as new, at risk, lapsed or back again. Days are days of 24 hours since the last purchase."""

LAPSED_AFTER_DAYS = 365
AT_RISK_AFTER_DAYS = 90  # nobody is at risk sooner, however often they usually come
AT_RISK_GAPS = 2  # times their own usual gap: one who comes twice a year is not at risk after three months
NEW_FOR_DAYS = 90
RETURNED_FOR_DAYS = 90
