"""Techniques by what they attack; support.techniques has them all once the modules are imported."""
