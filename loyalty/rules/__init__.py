"""Earning rules without a database: what a rule says, when it holds, what it is worth, what its caps leave."""
