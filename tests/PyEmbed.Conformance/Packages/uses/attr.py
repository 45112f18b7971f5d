"""Classes with validators, converters, slots, ordering; how they are inspected, changed and written out."""

import inspect
import pickle

import attr
import attr.converters
import attr.filters
import attr.setters
import attr.validators
import attrs


@attrs.define
class Point:
    x: int = attrs.field(validator=attr.validators.instance_of(int))
    y: int = attrs.field(default=0, converter=attr.converters.optional(int), on_setattr=attr.setters.validate)


@attr.s(order=True, frozen=True, auto_attribs=True)
class Item:
    name: str
    tags: list = attr.ib(factory=list, validator=attr.validators.deep_iterable(attr.validators.instance_of(str)), order=False)


point = Point(1, "2")
print(point, attrs.asdict(point), attr.evolve(point, y=5), hasattr(point, "__dict__"))
print(Item("a") < Item("b"), sorted([Item("c"), Item("a", ["t"])]), hash(Item) is not None)
for call in (lambda: Point("x"), lambda: Item("a", [1]), lambda: setattr(Item("a"), "name", "b"), lambda: setattr(point, "z", 1)):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, str(error)[:80])
print(inspect.signature(Point), [field.name for field in attr.fields(Item)])
print(attr.asdict(Item("a", ["t"]), filter=attr.filters.exclude(list)), pickle.loads(pickle.dumps(point)) == point)
print(inspect.getsource(Point.__init__).splitlines()[0])
Made = attr.make_class("Made", {"a": attr.ib(default=3)})
print(Made(), attr.has(Made), attr.__version__.count("."))
