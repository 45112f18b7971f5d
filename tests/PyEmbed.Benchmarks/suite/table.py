"""The table on the terminal."""


def figure(row):
    """What a row has measured, in words."""
    if "ratio" in row:
        return "%.3f" % row["ratio"]
    return "%s %s" % (format(row["value"], ",.1f" if abs(row["value"]) >= 10 else ".2f"), row["unit"])


def spread(row):
    """The quartiles of a row, in words; empty where it has none."""
    if "spread" not in row:
        return ""
    digits = 3 if "ratio" in row else 1
    return " to ".join("%.*f" % (digits, end) for end in row["spread"])


def describe(details):
    """The lines of the measurements that a row is made of."""
    if isinstance(details, list):
        return ["%(shape)s: %(core)s ns, pythonnet %(pythonnet)s ns, ratio %(ratio)s" % shape for shape in details]
    return ["%s: %s" % (name, ", ".join("%s %s" % pair for pair in value.items()) if isinstance(value, dict) else value)
            for name, value in details.items()]


def show(rows, skipped, verbose):
    """Print rows, and what was left out, with the reason."""
    line = "%-40s %-8s %14s %18s %8s  %s"
    print(line % ("name", "python", "measured", "quartiles", "budget", "met"))
    for row in rows:
        met = "" if row["budget"] is None else "yes" if row["met"] else "NO"
        print(line % (row["name"], row["python"], figure(row), spread(row), row["budget"] or "", met))
        if verbose:
            for text in describe(row.get("details", {})):
                print("    " + text)
    for (name, python), reason in skipped.items():
        print("%-40s %-8s skipped: %s" % (name, python, reason))
