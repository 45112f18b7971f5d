"""Locales: numbers, dates, currencies, plural rules, messages extracted and compiled."""

import datetime
import decimal
import io

from babel import Locale, UnknownLocaleError, dates, lists, localedata, numbers, plural, support, units
from babel.messages import catalog, extract, mofile, pofile

moment = datetime.datetime(2020, 2, 29, 13, 5, tzinfo=dates.get_timezone("UTC"))
for name in ("en_US", "de_DE", "ja_JP", "ar_EG", "ru_RU", "hi_IN"):
    locale = Locale.parse(name)
    print(name, locale.display_name, numbers.format_decimal(decimal.Decimal("1234567.891"), locale=locale),
          numbers.format_currency(9.5, "EUR", locale=locale), dates.format_datetime(moment, "full", locale=locale, tzinfo=dates.get_timezone("Europe/Berlin")),
          dates.format_timedelta(datetime.timedelta(days=3), locale=locale), lists.format_list(["a", "b", "c"], locale=locale),
          units.format_unit(12, "length-meter", locale=locale), locale.plural_form(2), sep=" | ")
print(len(localedata.locale_identifiers()) > 500, sorted(Locale("de").territories.items())[:3])
print(list(extract.extract("python", io.BytesIO(b"_('one')\nngettext('a', 'b', n)  # TRANSLATORS: x\n"))))
messages = catalog.Catalog(locale="de", project="p", version="1", creation_date=moment, revision_date=moment)
messages.add("yes", "ja")
messages.add(("%(n)d file", "%(n)d files"), ("%(n)d Datei", "%(n)d Dateien"), flags=["python-format"])
buffer = io.BytesIO()
pofile.write_po(buffer, messages)
print(buffer.getvalue().decode())
buffer = io.BytesIO()
mofile.write_mo(buffer, messages)
buffer.seek(0)
translations = support.Translations(buffer)
print(translations.gettext("yes"), translations.ngettext("%(n)d file", "%(n)d files", 2), plural.to_gettext(Locale("pl").plural_form))
try:
    Locale.parse("xx_YY")
except UnknownLocaleError as error:
    print(error)
