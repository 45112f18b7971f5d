"""What *amount* grows to in so many *years*, at a *rate* of interest by the year: its worth after each."""

worth = float(amount)
result = []
for _ in range(years):
    worth *= 1 + rate
    result.append(worth)
