"""The cast: who does things in the tests, and what they may do."""
