"""Broken HTML through each parser, searched, selected, changed, written."""

import bs4
from bs4 import BeautifulSoup, diagnose, dammit, formatter
from bs4.tests import test_dammit

text = "<p class=a>One <b>two</p><ul><li>x<li>y</ul><script>1 < 2</script><!-- c -->&eacute;"
for parser in ("html.parser", "lxml", "html5lib", "xml"):
    soup = BeautifulSoup(text, parser)
    print(parser, soup.decode().replace("\n", " "), [tag.name for tag in soup.find_all(True)])
soup = BeautifulSoup(text, "html5lib")
print(soup.select("ul > li:nth-of-type(2), p.a"), soup.find("b").parent.name, soup.p.get_text("|", strip=True))
soup.ul.append(soup.new_tag("li", attrs={"id": "z"}))
soup.b.unwrap()
soup.script.decompose()
print(soup.prettify(), soup.ul.encode("ascii", formatter=formatter.HTMLFormatter()), soup.decode(formatter="html5")[-40:])
print(dammit.UnicodeDammit("ä".encode("latin-1"), ["utf-8", "latin-1"]).original_encoding, dammit.EntitySubstitution.substitute_html("<é>"))
print(len(diagnose.rsentence(3).split()), isinstance(soup.contents[0], bs4.Tag), BeautifulSoup("<a href='x'/>", "xml", parse_only=bs4.SoupStrainer("a")))

tests = test_dammit.TestUnicodeDammit()
tests.test_unicode_input()
tests.test_detect_utf8()
tests.test_convert_hebrew()
