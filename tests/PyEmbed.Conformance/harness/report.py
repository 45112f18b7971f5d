"""Writes artifacts/conformance.json and prints the table."""

import json
import os


def write(rows, path, suites):
    """Write the rows in the place of earlier ones of these suites; rows of others, as those of packages, stay."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    others = []
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            others = [row for row in json.load(file) if row['suite'] not in suites]
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(rows + others, file, indent=1)
        file.write('\n')


def print_table(rows):
    """Suites down, CPythons across; a cell is "passed/run", and the known failures behind a minus."""
    pythons = list(dict.fromkeys(row['python'] for row in rows))
    cells = {(row['suite'], row['python']): _cell(row) for row in rows}
    names = list(dict.fromkeys(row['suite'] for row in rows))
    width = max(map(len, names))
    print(f'{"suite (passed/run, -failed, ~skipped)":<{max(width, 38)}}' + ''.join(f'{python:>15}' for python in pythons))
    for name in names:
        print(f'{name:<{max(width, 38)}}' + ''.join(f'{cells.get((name, python), ""):>15}' for python in pythons))


def _cell(row):
    text = f'{row["passed"]}/{row["run"]}'
    if row['failed']:
        text += f' -{len(row["failed"])}'
    if row['skipped']:
        text += f' ~{row["skipped"]}'
    return text
