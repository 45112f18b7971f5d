"""Modules that behave otherwise where they are embedded: the comparison must see each."""
