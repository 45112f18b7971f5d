"""Applies the best rule to each order."""
import collections

from . import rules


def price(orders, tell):
    """Sets the discount of .NET orders and tells about each; returns a summary."""
    earlier = set()
    uses = collections.Counter()
    for order in orders:
        rule = max(rules.ALL, key=lambda candidate: candidate(order, earlier))
        order.Discount = rule(order, earlier)
        if order.Discount:
            uses[rule.__doc__] += 1
            tell(order, rule.__doc__)
        earlier.add(order.Customer)
    return {"to_pay": sum(order.Cents - order.Discount for order in orders), "uses": dict(uses)}
