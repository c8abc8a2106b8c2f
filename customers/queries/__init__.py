"""Answers about customers. Nothing here writes."""
