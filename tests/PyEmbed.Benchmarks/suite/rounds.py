"""The one way of measuring: in rounds, each contender once a round, so that what slows a round slows all of them."""

import statistics


def interleave(contenders, rounds, warm=1):
    """{name: [figure of each round]} of *contenders*, a mapping of name to a function that measures once.

    The order turns round with each round. The first *warm* rounds fill caches and do not count."""
    figures = {name: [] for name in contenders}
    for number in range(rounds + warm):
        for name in list(contenders)[::-1 if number % 2 else 1]:
            figure = contenders[name]()
            if number >= warm:
                figures[name].append(figure)
    return figures


def quartiles(values):
    """[first quartile, third quartile]."""
    if len(values) == 1:
        return [values[0], values[0]]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return [first, third]


def ratio(figures, of, to):
    """What a row says of one contender against another.

    "ratio" is the median of the ratios of the rounds, "spread" has their quartiles, "least" is the ratio of the least figures."""
    pairs = [one / other for one, other in zip(figures[of], figures[to])]
    return {
        "ratio": round(statistics.median(pairs), 3),
        "spread": [round(value, 3) for value in quartiles(pairs)],
        "least": round(min(figures[of]) / min(figures[to]), 3),
    }


def difference(figures, of, less, unit, digits=2):
    """What a row says of how much more one contender takes than others do (a name, or several whose figures are summed)."""
    less = (less,) if isinstance(less, str) else less
    pairs = [one - sum(others) for one, *others in zip(figures[of], *(figures[name] for name in less))]
    return {
        "value": round(statistics.median(pairs), digits),
        "unit": unit,
        "spread": [round(value, digits) for value in quartiles(pairs)],
        "least": round(min(figures[of]) - sum(min(figures[name]) for name in less), digits),
    }


def summary(figures, unit, digits=1):
    """The "details" of a row: of each contender the least and the median figure."""
    return {name: {"least": round(min(values), digits), "median": round(statistics.median(values), digits), "unit": unit}
            for name, values in figures.items()}
