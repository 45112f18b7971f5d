"""Interfaces declared, provided, verified, adapted, looked up by inheritance."""

from zope.interface import Attribute, Interface, adapter, advice, classImplements, declarations, document, exceptions, implementer, \
    interface, invariant, registry, ro, verify
from zope.interface.common import builtins, collections, idatetime, mapping, sequence


class IShape(Interface):
    """Something with an area."""
    name = Attribute("what it is called")

    def area(scale):
        """The area."""

    @invariant
    def positive(shape):
        if shape.area(1) < 0:
            raise exceptions.Invalid("negative")


class IRound(IShape):
    pass


@implementer(IRound)
class Circle:
    name = "c"

    def area(self, scale):
        return 3 * scale


class Broken:
    def __repr__(self):
        return "broken"

    def area(self):
        return 0


circle = Circle()
print(IShape.providedBy(circle), list(declarations.providedBy(circle)), verify.verifyObject(IRound, circle), sorted(IShape.names()))
classImplements(Broken, IShape)
try:
    verify.verifyObject(IShape, Broken())
except exceptions.Invalid as error:
    print(type(error).__name__, error)
adapters = adapter.AdapterRegistry()
adapters.register([IShape], Interface, "", str)
print(adapters.lookup1(IRound, Interface), adapters.queryAdapter(circle, Interface) is not None)
components = registry.Components("mine")
components.registerUtility(circle, IShape, "x")
components.registerAdapter(lambda shape: [shape.name], [IShape], collections.ISequence)
print(components.getUtility(IShape, "x") is circle, components.getAdapter(circle, collections.ISequence), IShape.validateInvariants(circle))
print(document.asReStructuredText(IShape))
print([item.__name__ for item in ro.ro(IRound)], builtins.IList.implementedBy(list), mapping.IMapping.implementedBy(dict), sorted(idatetime.IDate.names())[:3])
