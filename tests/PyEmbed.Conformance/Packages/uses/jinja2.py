"""Templates from a package's folder and from memory: inheritance, macros, filters, the sandbox, an error's line."""

import jinja2
import jinja2.ext
import jinja2.meta
import jinja2.sandbox

environment = jinja2.Environment(
    autoescape=True, trim_blocks=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"],
    loader=jinja2.ChoiceLoader([
        jinja2.PackageLoader("lane_data"),
        jinja2.DictLoader({"inline.html": "{% extends 'base.html' %}{% block body %}{{ rows|sum }} {{ _('hi') }}{% endblock %}"}),
    ]))
environment.install_null_translations()
print(environment.get_template("page.html").render(title="A < B", items=[("one", 1), ("two", 2)]))
print(environment.get_template("inline.html").render(title="inline", rows=[1, 2, 3]))
print(sorted(environment.list_templates()))
print(jinja2.meta.find_undeclared_variables(environment.parse("{{ a }} {% set b = 1 %}{{ b + c }}")) == {"a", "c"})

try:
    jinja2.sandbox.SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render()
except jinja2.exceptions.SecurityError as error:
    print(type(error).__name__, error)
try:
    environment.get_template("broken.html")
except jinja2.TemplateSyntaxError as error:
    print(error.name, error.lineno, error.message)
