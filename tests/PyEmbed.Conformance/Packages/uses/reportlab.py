"""Documents drawn: paragraphs, tables, charts, bar codes, fonts; what is in the file."""

import io
import re
import zlib
import base64

from reportlab import rl_config
rl_config.invariant = 1
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import code128, qr
from reportlab.graphics.shapes import Circle, Drawing, Rect
from reportlab.lib import colors, pagesizes, styles, units
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

buffer = io.BytesIO()
sheet = styles.getSampleStyleSheet()
drawing = Drawing(200, 100)
drawing.add(Rect(10, 10, 50, 30, fillColor=colors.red))
drawing.add(Circle(100, 50, 20))
SimpleDocTemplate(buffer, pagesize=pagesizes.A4, title="T", pageCompression=0).build([
    Paragraph("Head", sheet["Heading1"]), Paragraph("Some <b>bold</b> &amp; <i>other</i> text. " * 20, sheet["Normal"]),
    Table([["a", 1], ["b", 2]], style=TableStyle([("GRID", (0, 0), (-1, -1), 1, colors.red)])), drawing, PageBreak(), code128.Code128("ABC"), Paragraph("Two", sheet["Code"])])
data = buffer.getvalue()
print(data[:8], len(data), data.count(b"/Type /Page\n"), re.findall(rb"/BaseFont /(\S+)", data)[:4])
buffer = io.BytesIO()
page = canvas.Canvas(buffer, pagesize=(10 * units.cm, 5 * units.cm), invariant=1)
page.setFont("Times-Roman", 12)
page.drawString(10, 10, "Text \u00e4")
renderPDF.draw(qr.QrCodeWidget("x") and drawing, page, 0, 0)
page.showPage()
page.save()
print(zlib.crc32(buffer.getvalue()), pdfmetrics.stringWidth("width", "Helvetica", 10), pdfmetrics.getFont("Courier").face.name)
print(base64.a85encode(b"x"), colors.toColor("rgb(1,2,3)").hexval())
