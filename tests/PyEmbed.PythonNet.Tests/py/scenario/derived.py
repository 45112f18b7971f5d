"""Python classes that derive from classes and interfaces of .NET."""

import clr

clr.AddReference("PyEmbed.PythonNet.Tests")
from PyEmbed.PythonNet.Tests.Shapes import IDescribed, Shape, Visitor


class Square(Shape):
    __namespace__ = "Scenario.Derived"

    def Area(self):
        return self.Side * self.Side

    def Describe(self):
        return "a square; " + super().Describe()


class Broken(Shape):
    __namespace__ = "Scenario.Derived"

    def Area(self):
        raise RuntimeError("no area")  # inside the override


class Described(IDescribed):
    __namespace__ = "Scenario.Derived"

    def Describe(self):
        return "described by Python"


class Plain(Visitor):
    """Without a namespace it stays Python's own."""

    def extra(self):
        return self.Visited + 1


def is_shape(value):
    return isinstance(value, Shape)
