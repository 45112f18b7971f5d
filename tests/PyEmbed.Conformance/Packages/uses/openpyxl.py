"""A workbook with styles, formulas, a chart, filters and comments, written and read back."""

import datetime
import io
import zipfile

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Numbers"
for row in (["Name", "N", "When"], ["a", 1, datetime.date(2020, 1, 2)], ["b", 2.5, None], ["ä", "=SUM(B2:B3)", True]):
    sheet.append(row)
sheet["A1"].font = Font(bold=True, color="FF0000")
sheet["A1"].fill = PatternFill("solid", fgColor="FFFF00")
sheet["A1"].border = Border(top=Side("thin"))
sheet["A1"].alignment = Alignment(horizontal="center")
sheet["B2"].comment = Comment("note", "me")
sheet["B2"].number_format = "0.00"
sheet.merge_cells("D1:E2")
sheet.conditional_formatting.add("B2:B4", ColorScaleRule(start_type="min", start_color="FF0000", end_type="max", end_color="00FF00"))
check = DataValidation(type="list", formula1='"a,b"')
sheet.add_data_validation(check)
check.add("A5")
chart = BarChart()
chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
sheet.add_chart(chart, "G1")
sheet.add_table(Table(displayName="T", ref="A1:C4"))
book.create_sheet("More").sheet_properties.tabColor = "0000FF"
book.add_named_style(NamedStyle("mine"))
buffer = io.BytesIO()
book.save(buffer)
names = zipfile.ZipFile(buffer).namelist()
print(sorted(names))
back = openpyxl.load_workbook(buffer)
print(back.sheetnames, [[cell.value for cell in row] for row in back["Numbers"].iter_rows()])
cell = back["Numbers"]["A1"]
print(cell.font.b, cell.fill.fgColor.rgb, cell.alignment.horizontal, back["Numbers"]["B2"].comment.text, len(back["Numbers"].merged_cells.ranges))
print(get_column_letter(703), column_index_from_string("AB"), back["Numbers"].dimensions, list(back["Numbers"].tables))
try:
    openpyxl.load_workbook(io.BytesIO(b"nothing"))
except zipfile.BadZipFile as error:
    print(error)
