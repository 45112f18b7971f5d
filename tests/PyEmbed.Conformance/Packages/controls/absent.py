"""Cannot be imported where it is embedded."""

if "pyembed" in type(__loader__).__module__:
    import no_such_module
