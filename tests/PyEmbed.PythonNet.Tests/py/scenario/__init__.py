"""A package that lives in the test assembly."""

from . import values

WHERE = "embedded"
