"""Figures about customers: one written definition each, computed in one place. Pure; no Django, no database."""
