"""A document to every writer that reads files of its own package: HTML, LaTeX, man pages, XML, ODT."""

import io
import zipfile

import docutils
import docutils.core
import docutils.io

text = """\
=====
Title
=====

:Author: Someone
:Date: 2020-01-01

.. contents::

Section
-------

A *paragraph* with ``code``, |sub| and a link_, a footnote [1]_, :math:`a^2`.

.. |sub| replace:: text put in
.. _link: https://example.org/
.. [1] The note.
.. include:: <isonum.txt>
.. code:: python

   print("x")

.. table:: Numbers

   === ===
   a   b
   === ===
   1   2
   === ===

|copy| 2020
"""
settings = {"_disable_config": True, "embed_stylesheet": True, "datestamp": None, "generator": None, "report_level": 5}
for writer in ("html4", "html5", "latex", "xetex", "manpage", "docutils_xml", "pseudoxml", "s5"):
    output = docutils.core.publish_string(text, writer_name=writer, settings_overrides=settings).decode()
    print(writer, len(output), [line for line in output.splitlines() if line.strip()][-12:])
document = docutils.core.publish_string(text, writer_name="odf_odt", settings_overrides=settings)
with zipfile.ZipFile(io.BytesIO(document)) as archive:
    print(sorted(archive.namelist()))
parts = docutils.core.publish_parts(text, writer_name="html5", settings_overrides={**settings, "language_code": "de"})
print(parts["title"], "Autor" in parts["whole"])
broken = docutils.core.publish_doctree("`unclosed", settings_overrides={**settings, "warning_stream": io.StringIO()})
print([node.astext() for node in broken.findall() if type(node).__name__ == "system_message"])
