"""Dates with zones, differences told in words of several languages, periods, parsing, formatting."""

import pendulum

moment = pendulum.datetime(2020, 2, 29, 12, 30, tz="Europe/Berlin")
print(moment, moment.add(years=1), moment.in_timezone("America/New_York"), moment.start_of("week"), moment.is_leap_year())
for locale in ("en", "de", "fr", "ru", "ko"):
    print(locale, moment.format("dddd, D MMMM YYYY HH:mm zz", locale=locale), moment.diff_for_humans(moment.add(days=3), locale=locale), pendulum.duration(days=8, hours=3).in_words(locale=locale))
period = moment.add(days=40) - moment
print(period.in_weeks(), period.months, [day.to_date_string() for day in period.range("days", 15)])
print(pendulum.parse("2020-W10-3"), pendulum.parse("2020-01-31T10:00:00+02:00").to_rfc2822_string(), pendulum.from_format("31/12/2020", "DD/MM/YYYY").day_of_year)
for text in ("2020-13-01", "nonsense"):
    try:
        pendulum.parse(text)
    except ValueError as error:
        print(type(error).__name__, error)
