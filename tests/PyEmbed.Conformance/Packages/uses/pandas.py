"""Frames: CSV, grouping, merging, pivoting, time series, HTML through a template, SQL, JSON, pickles."""

import io
import sqlite3

import pandas as pd

frame = pd.read_csv(io.StringIO("day,city,n\n2020-01-01,A,1\n2020-01-02,B,2\n2020-01-03,A,4\n2020-02-01,B,8\n"), parse_dates=["day"])
print(frame.dtypes, frame.describe(), sep="\n")
print(frame.groupby("city").agg({"n": ["sum", "mean"]}))
print(frame.pivot_table(index=frame.day.dt.month, columns="city", values="n", aggfunc="sum", fill_value=0))
print(frame.merge(pd.DataFrame({"city": ["A"], "size": [3.5]}), how="left"))
series = frame.set_index("day").n
print(series.resample("MS").sum(), series.rolling(2).mean(), series.tz_localize("UTC").tz_convert("Europe/Berlin").index[0], sep="\n")
connection = sqlite3.connect(":memory:")
frame.to_sql("t", connection, index=False)
print(pd.read_sql("SELECT city, sum(n) AS s FROM t GROUP BY city", connection))
print(frame.to_json(orient="records", date_format="iso"), pd.read_json(io.StringIO('[{"a": 1}, {"a": 2}]')).a.sum())
print(frame.style.set_uuid("u").highlight_max(subset=["n"]).to_html())
print(frame.head(2).to_html(), frame.head(2).to_string(), sep="\n")
buffer = io.BytesIO()
frame.to_pickle(buffer)
buffer.seek(0)
print(pd.read_pickle(buffer).equals(frame), pd.Categorical(["b", "a", "b"]).codes, pd.cut([1, 5, 9], 2).categories)
print(pd.testing.assert_frame_equal(frame, frame), frame.query("n > 1 and city == 'B'").n.tolist(), frame.eval("n * 2").tolist())
try:
    frame["none"]
except KeyError as error:
    print("KeyError", error)
