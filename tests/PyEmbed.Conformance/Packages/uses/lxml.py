"""XML and HTML: parsing, XPath, XSLT, schemas, objects, cleaning, CSS selectors, a Schematron from the package's own files."""

import io

from lxml import ElementInclude, builder, doctestcompare, etree, html, isoschematron, objectify, sax
from lxml.html import builder as tags, clean, diff, formfill

root = etree.fromstring("<r xmlns:n='urn:n'><n:a id='1'>x</n:a><a id='2'>y<b/>z</a><!-- c --></r>")
print(root.xpath("//n:a/@id | //a/@id", namespaces={"n": "urn:n"}), root.xpath("string(a)"), root.xpath("count(//*)"))
sheet = etree.XSLT(etree.XML(
    "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
    "<xsl:template match='/'><out><xsl:value-of select='r/a/@id'/></out></xsl:template></xsl:stylesheet>"))
print(str(sheet(root)).strip())
schema = etree.RelaxNG(etree.XML(
    "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><zeroOrMore><element name='b'><text/></element></zeroOrMore></element>"))
print(schema.validate(etree.XML("<a><b/></a>")), schema.validate(etree.XML("<a><c/></a>")), schema.error_log.last_error.message)
rules = isoschematron.Schematron(etree.XML(
    "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern><rule context='a'>"
    "<assert test='@id'>needs an id</assert></rule></pattern></schema>"), store_report=True)
print(rules.validate(etree.XML("<a/>")), rules.validate(etree.XML("<a id='1'/>")))
tree = objectify.fromstring("<r><n>3</n><n>4</n><t>true</t></r>")
print(tree.n[1] + 1, tree.t, objectify.dump(tree).splitlines()[0])
page = html.fromstring("<div><p class='k'>Hi <b>you</b><script>x()</script><a href='/q?a=1'>l</a></p></div>")
page.make_links_absolute("http://example.org")
print(html.tostring(clean.Cleaner().clean_html(page)), list(page.iterlinks())[0][2])
print(diff.htmldiff("<p>one two</p>", "<p>one three</p>"))
form = html.fromstring("<form><input name='a'><select name='s'><option value='1'>x<option value='2'>y</select></form>")
formfill.fill_form(form, {"a": "v", "s": "2"})
print(html.tostring(form), dict(form.fields))
print(etree.tostring(builder.E.doc(builder.E.p("text", k="v")), pretty_print=True).decode())
print(html.tostring(tags.DIV(tags.CLASS("c"), tags.A("x", href="#"))))
handler = sax.ElementTreeContentHandler()
sax.saxify(root, handler)
print(etree.tostring(handler.etree, method="c14n"))
for event, element in etree.iterparse(io.BytesIO(b"<a><b>1</b></a>"), events=("start", "end")):
    print(event, element.tag)
checker = doctestcompare.LXMLOutputChecker()
print(checker.check_output("<a b='1'  c='2'/>", "<a c='2' b='1'/>", doctestcompare.PARSE_XML))
included = etree.XML("<r xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='x.xml'/></r>")
ElementInclude.include(included, loader=lambda href, parse, encoding=None: etree.XML("<included/>"))
print(etree.tostring(included))
try:
    etree.fromstring("<a><b></a>")
except etree.XMLSyntaxError as error:
    print(error.position, error)
