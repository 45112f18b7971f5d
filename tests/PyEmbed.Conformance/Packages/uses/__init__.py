"""Programs that use real packages: each prints the same from disk and from an assembly."""
