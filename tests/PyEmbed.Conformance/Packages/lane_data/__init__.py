"""Templates and static files that other packages read; nothing here asks for its own place."""
