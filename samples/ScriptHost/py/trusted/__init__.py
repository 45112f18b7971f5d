"""Scripts of this host's own, which it runs in its own process: what a caller posts are their variables, and no code."""
