"""Fields validated, vocabularies, invariants, a schema's fields in order, text converted."""

import decimal

from zope.interface import Interface, implementer, invariant
from zope.schema import Bool, Choice, Datetime, Decimal, Dict, Int, List, TextLine, ValidationError, fieldproperty, getFieldNamesInOrder, \
    getValidationErrors, interfaces, vocabulary


class IThing(Interface):
    name = TextLine(title="Name", min_length=2)
    n = Int(title="N", min=0, max=9, default=3)
    kind = Choice(title="Kind", values=["a", "b"])
    parts = List(title="Parts", value_type=Int(), required=False)
    table = Dict(title="Table", key_type=TextLine(), value_type=Bool(), required=False)

    @invariant
    def check(thing):
        if thing.n == 7:
            raise ValidationError("seven")


@implementer(IThing)
class Thing:
    name = fieldproperty.FieldProperty(IThing["name"])
    n = fieldproperty.FieldProperty(IThing["n"])
    kind, parts, table = "a", None, None


thing = Thing()
thing.name = "ok"
for name, value in (("name", "x"), ("n", 10), ("n", "1"), ("name", None)):
    try:
        setattr(thing, name, value)
    except ValidationError as error:
        print(type(error).__name__, error.args[0], error.doc())
print(getFieldNamesInOrder(IThing), thing.n, [(name, type(error).__name__) for name, error in getValidationErrors(IThing, thing)])
thing.n = 7
print(getValidationErrors(IThing, thing)[-1][1].args[0], Decimal().fromUnicode("1.50"), IThing["kind"].vocabulary.by_token.keys() >= {"a"})
terms = vocabulary.SimpleVocabulary.fromItems([("one", 1), ("two", 2)])
print([term.title or term.token for term in terms], 2 in terms, terms.getTermByToken("one").value, interfaces.IInt.providedBy(IThing["n"]), Datetime().required)
print(IThing["n"].bind(thing).get(thing), decimal.Decimal(1))
