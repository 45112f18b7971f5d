"""Documents and fragments into several kinds of trees, walked, filtered, serialised."""

import html5lib
from html5lib import treeadapters, treebuilders, treewalkers
from html5lib.filters import alphabeticalattributes, inject_meta_charset, optionaltags, sanitizer, whitespace
from html5lib.serializer import HTMLSerializer, serialize
from html5lib.treeadapters import sax

text = "<!doctype html><title>T</title><p b=2 a=1>One<table><td>x</table><svg><circle/></svg><script>alert(1)</script>"
for kind in ("etree", "dom", "lxml"):
    tree = html5lib.parse(text, treebuilder=kind)
    walker = treewalkers.getTreeWalker(kind)
    print(kind, type(tree).__name__, HTMLSerializer(quote_attr_values="always", omit_optional_tags=False).render(walker(tree)))
walker = treewalkers.getTreeWalker("etree")
tree = html5lib.parse(text)
print("".join(HTMLSerializer().serialize(sanitizer.Filter(alphabeticalattributes.Filter(whitespace.Filter(walker(tree)))))))
print([token["type"] for token in optionaltags.Filter(inject_meta_charset.Filter(walker(tree), "utf-8"))][:8])
parser = html5lib.HTMLParser(tree=treebuilders.getTreeBuilder("etree"), namespaceHTMLElements=False)
print(serialize(parser.parseFragment("<li>a<li>b"), tree="etree"), [error[1] for error in parser.errors])
try:
    html5lib.HTMLParser(strict=True).parse("<p>x")
except html5lib.html5parser.ParseError as error:
    print(type(error).__name__, error)
