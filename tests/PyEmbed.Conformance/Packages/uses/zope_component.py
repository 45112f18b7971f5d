"""Adapters, utilities, factories, handlers and events in the global registry."""

from zope import component
from zope.component import event, factory, globalregistry, hooks, interface, interfaces, registry, testing
from zope.event import notify
from zope.interface import Interface, implementer


class IThing(Interface):
    """A thing."""


class IName(Interface):
    """A name."""


@implementer(IThing)
class Thing:
    pass


@component.adapter(IThing)
@implementer(IName)
class NameOfThing:
    def __init__(self, thing):
        self.name = type(thing).__name__


@component.adapter(IThing)
def heard(thing):
    print("heard", type(thing).__name__)


component.provideAdapter(NameOfThing)
component.provideUtility(Thing(), IThing, "main")
component.provideHandler(heard)
component.provideUtility(factory.Factory(Thing, "title"), interfaces.IFactory, "thing")
print(IName(Thing()).name, component.getUtility(IThing, "main") is not None, [name for name, _ in component.getUtilitiesFor(IThing)])
print(type(component.createObject("thing")).__name__)
notify(Thing())
try:
    component.getUtility(IName)
except component.ComponentLookupError as error:
    print(type(error).__name__)
print([type(found).__name__ for found in component.getGlobalSiteManager().registeredAdapters()], globalregistry.base.__name__)
print(hooks.getSite(), interface.interfaceToName(None, IThing))
testing.tearDown()
print(component.queryUtility(IThing, "main"))
