"""What a programme would have cost and given: a replay of purchases in memory, by the rules that earn. No database."""
