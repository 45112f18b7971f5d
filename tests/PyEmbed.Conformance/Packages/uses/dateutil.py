"""Dates parsed, rules that recur, relative deltas, Easter."""

import datetime

from dateutil import easter, parser, relativedelta, rrule, tz, utils

for text in ("2020-02-30T10:00", "Feb 29 2020 5pm", "20200229T101112Z", "10/11/12", "Sat 3rd of May 2014 14:00 CET"):
    try:
        print(text, parser.parse(text, default=datetime.datetime(2000, 1, 1), tzinfos={"CET": 3600}))
    except parser.ParserError as error:
        print(error)
print(list(rrule.rrule(rrule.MONTHLY, count=3, byweekday=rrule.FR(-1), dtstart=datetime.datetime(2020, 1, 1))))
print(list(rrule.rrulestr("DTSTART:20200101T000000\nRRULE:FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=29")))
print(datetime.date(2020, 1, 31) + relativedelta.relativedelta(months=+1, weekday=relativedelta.MO), easter.easter(2024))
print(tz.gettz("EST5EDT").utcoffset(datetime.datetime(2020, 7, 1)), tz.resolve_imaginary(datetime.datetime(2020, 3, 29, 2, 30, tzinfo=tz.tzstr("CET-1CEST"))))
print(parser.isoparse("2020-W07-3"), utils.default_tzinfo(datetime.datetime(2020, 1, 1), tz.UTC))
