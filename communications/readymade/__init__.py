"""Plans ready made: what most shops begin with, and their texts in English, Korean and Thai."""
