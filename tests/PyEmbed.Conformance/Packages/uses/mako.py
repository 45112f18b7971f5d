"""Templates from files and strings: inheritance, functions, filters, caching of modules, errors with their line."""

import mako.exceptions
import mako.lookup
import mako.runtime
import mako.template
import mako.util
import mako.ext.preprocessors
import mako.ext.pygmentplugin
import pathlib

pathlib.Path("base.mako").write_text("<html>${self.body()}<%block name='foot'>none</%block></html>")
pathlib.Path("page.mako").write_text("""<%inherit file="base.mako"/><%namespace name="lib" file="lib.mako"/>
% for n in range(3):
${loop.index} ${lib.double(n)} ${"<x>" | h}
% endfor
<%block name='foot'>foot ${title | u, trim}</%block>""")
pathlib.Path("lib.mako").write_text("<%def name='double(n)'>${n * 2}</%def>")
lookup = mako.lookup.TemplateLookup(["."], module_directory="modules")
print(lookup.get_template("page.mako").render(title=" a b "))
print(sorted(place.name for place in pathlib.Path("modules").iterdir() if place.suffix == ".py"))
print(mako.template.Template("<%! import math %>${math.floor(x)} <%text>${raw}</%text>## comment", preprocessor=mako.ext.preprocessors.convert_comments).render(x=2.5))
try:
    mako.template.Template("line\n% if x:\n")
except mako.exceptions.SyntaxException as error:
    print(error.lineno, str(error).splitlines()[0][:60])
try:
    mako.template.Template("a\n${1 / 0}").render()
except ZeroDivisionError:
    page = mako.exceptions.text_error_template().render()
    print(page.strip().splitlines()[-1], "ZeroDivisionError" in mako.exceptions.html_error_template().render().decode())
