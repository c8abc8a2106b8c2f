"""Files that come in: how one is read, and how its rows become orders, customers and facts. Pure; no database."""
