"""A small computer algebra command, all of it in one .NET assembly."""
