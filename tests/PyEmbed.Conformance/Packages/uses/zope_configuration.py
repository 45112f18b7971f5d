"""ZCML: directives declared and used, conditions, groups, a conflict, an error with its place."""

from zope.configuration import config, docutils, exceptions, fields, interfaces, name, xmlconfig, zopeconfigure
from zope.interface import Interface
from zope.schema import Int, TextLine


class ISay(Interface):
    """Says something."""
    text = TextLine(title="Text")
    times = Int(title="Times", default=1)


def say(context, text, times=1):
    context.action(discriminator=("say", text), callable=print, args=(text * times,))


def run(body):
    context = config.ConfigurationMachine()
    xmlconfig.registerCommonDirectives(context)
    config.defineSimpleDirective(context, "say", ISay, say, namespace="urn:x")
    try:
        xmlconfig.string('<configure xmlns="http://namespaces.zope.org/zope" xmlns:x="urn:x" xmlns:zcml="http://namespaces.zope.org/zcml">%s</configure>' % body, context=context)
    except (config.ConfigurationConflictError, exceptions.ConfigurationError) as error:
        print(type(error).__name__, [line for line in str(error).splitlines() if "File" not in line])


run('<x:say text="plain"/><x:say text="ab" times="2"/>')
run('<x:say text="hidden" zcml:condition="installed no.such.module"/><x:say text="shown" zcml:condition="installed zope.schema"/>')
run('<x:say text="same"/><x:say text="same"/>')
run('<x:say text="t" times="x"/>')
run('<x:shout/>')
run('<include package="zope.component" file="meta.zcml"/><x:say text="included"/>')
print(name.resolve("zope.schema.Int").__name__, fields.Bool().fromUnicode("yes"), docutils.wrap("a " * 60, 40).count("\n"), interfaces.IConfigurationContext.getName(), zopeconfigure.ZopeConfigure.__name__)
