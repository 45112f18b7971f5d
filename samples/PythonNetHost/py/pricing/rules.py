"""The rules, one function each: what is taken off an order, in cents. The docstring is what customers read."""
from System import DayOfWeek


def large_order(order, earlier):
    """the large order"""
    return order.Cents // 10 if order.Cents >= 50_000 else 0


def weekend(order, earlier):
    """the weekend"""
    return order.Cents // 20 if order.Placed.DayOfWeek in (DayOfWeek.Saturday, DayOfWeek.Sunday) else 0


def coming_back(order, earlier):
    """coming back"""
    return min(500, order.Cents) if order.Customer in earlier else 0


ALL = (large_order, weekend, coming_back)
