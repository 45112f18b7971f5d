"""Tests that uses/pytest.py runs."""
