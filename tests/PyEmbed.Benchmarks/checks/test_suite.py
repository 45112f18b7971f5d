"""The suite itself: what it computes, what it writes, and that its ways of importing work. Nothing here depends on how long anything takes."""

import fnmatch
import io
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from suite import command, generated, imports, page, processes, rounds, rows, titles
from suite.children import ways

TINY = "entry-points-300-vs-disk"


class RoundsTests(unittest.TestCase):
    def test_every_contender_is_measured_once_a_round_in_turning_order(self):
        order = []
        figures = rounds.interleave({name: lambda name=name: order.append(name) or len(order) for name in "ab"}, 3)
        self.assertEqual("".join(order), "abbaabba")
        self.assertEqual(figures, {"a": [4, 5, 8], "b": [3, 6, 7]})

    def test_ratio(self):
        figure = rounds.ratio({"one": [1, 2, 6, 4, 5], "other": [10, 10, 10, 10, 10]}, "one", "other")
        self.assertEqual(figure, {"ratio": 0.4, "spread": [0.2, 0.5], "least": 0.1})

    def test_difference(self):
        figure = rounds.difference({"all": [9, 10, 12], "a": [1, 1, 1], "b": [2, 3, 2]}, "all", ("a", "b"), "s")
        self.assertEqual(figure, {"value": 6, "unit": "s", "spread": [6, 7.5], "least": 6})

    def test_one_round(self):
        self.assertEqual(rounds.ratio({"one": [3], "other": [4]}, "one", "other"), {"ratio": 0.75, "spread": [0.75, 0.75], "least": 0.75})


class RowsTests(unittest.TestCase):
    def test_budgets_are_met_or_not(self):
        for name, ratio, met in (("import-3000-vs-disk", 0.65, True), ("import-3000-vs-disk", 0.66, False),
                                 ("isolates-two-vs-one", 1.7, True), ("isolates-two-vs-one", 1.6, False), ("no-such-budget", 99, True)):
            with self.subTest(name=name, ratio=ratio):
                self.assertIs(rows.row(name, "3.11.7", {"ratio": ratio})["met"], met)
        self.assertEqual(rows.row("import-3000-vs-disk", "3.13.0", {"ratio": 9}, holds=False)["budget"], None)

    def test_complaints(self):
        found = [rows.row("import-3000-vs-disk", "3.11.7", {"ratio": 0.7}), rows.row("start-and-mount", "3.11.7", {"value": 9.0, "unit": "ms"}),
                 rows.row("import-rich-vs-disk", "3.11.7", {"ratio": 0.9}), rows.row("import-rich-vs-disk", "3.13.0", {"ratio": 0.9}, holds=False),
                 rows.row("isolates-two-vs-one", "3.13.0", {"ratio": 1.75})]
        said = list(rows.complaints(found, "3.11.7", {"import-rich-vs-disk": {"ratio": 0.8, "margin": 0.05}, "isolates-two-vs-one": {"ratio": 1.9, "margin": 0.1}}))
        self.assertEqual([sentence.split()[0] for sentence in said], ["import-3000-vs-disk", "import-rich-vs-disk", "isolates-two-vs-one"])
        self.assertEqual(list(rows.complaints(found[1:2], "3.11.7", {})), [])

    def test_pins_keep_their_margins(self):
        found = [rows.row("a", "3.11.7", {"ratio": 0.5}), rows.row("b", "3.11.7", {"ratio": 0.8}), rows.row("b", "3.13.0", {"ratio": 0.1}),
                 rows.row("c", "3.11.7", {"value": 1, "unit": "ms"})]
        pinned = rows.pin(found, "3.11.7", {"a": {"ratio": 9, "margin": 0.3}, "old": {"ratio": 1, "margin": 1}})
        self.assertEqual(pinned, {"a": {"ratio": 0.5, "margin": 0.3}, "b": {"ratio": 0.8, "margin": 0.08}, "old": {"ratio": 1, "margin": 1}})

    def test_a_run_of_some_rows_leaves_the_others(self):
        old = [{"name": "a", "python": "1", "ratio": 1}, {"name": "a", "python": "2", "ratio": 2}]
        self.assertEqual(rows.merge(old, [{"name": "a", "python": "2", "ratio": 3}]), [old[0], {"name": "a", "python": "2", "ratio": 3}])

    def test_every_budget_has_a_workload_a_title_and_a_pin_that_is_well_formed(self):
        patterns = [pattern for name in command.WORKLOADS for pattern in command.workload(name).ROWS]
        for name in rows.BUDGETS:
            self.assertTrue(any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns), name)
            self.assertIn(name, titles.GROUPS[titles.BUDGETS])
        for name, limit in rows.read_pinned().items():
            self.assertEqual(sorted(limit), ["margin", "ratio"], name)
            self.assertTrue(any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns), name)


class WaysTests(unittest.TestCase):
    def test_bytecode_of_generated_modules_is_that_of_compiling_them(self):
        codes = generated.Codes()
        for number in (None, 7, 299, 30_000):
            with self.subTest(number=number):
                self.assertEqual(codes.code(number, "a/b.py"), compile(generated.source(number), "a/b.py", "exec", dont_inherit=True))

    def test_every_way_imports_the_same_modules(self):
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            place = work / "tree"
            generated.write(place, 60)
            trees = imports.Trees(processes.Python(sys.executable, "%d.%d.%d" % sys.version_info[:3]), work, place)
            kinds = ["minimal", "sources", "compiled", "deflated", "zip-stored", "zip-deflated"]
            trees.pack({"few": {"count": 60, "kinds": kinds}, "folder": {"tops": ["bench"], "kinds": kinds}})
            script = trees.script("all", "import sys\n%s\nif sys.modules['bench.p0001.m000059'].LIMIT != 100_000_059: raise SystemExit('another module')\n"
                                  % "\n".join("import " + generated.name_of(number) for number in range(60)))
            for what in ("few", "folder"):
                for way, once in trees.ways(("disk", "no-bytecode", "zip-stored", "zip-deflated", *ways.PYEMBED, "minimal", "compiled"), what, script).items():
                    with self.subTest(what=what, way=way):
                        self.assertGreater(once(), 0)

    def test_a_tree_that_lacks_a_module_is_noticed(self):
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            (work / "tree").mkdir()
            generated.write(work / "tree", 1)
            trees = imports.Trees(processes.Python(sys.executable, ""), work, work / "tree")
            trees.pack({"one": {"count": 1, "kinds": []}})
            script = trees.script("more", "import bench.p0000.m000001\n")
            for way, once in trees.ways(("disk", "pyembed"), "one", script).items():
                with self.subTest(way=way), self.assertRaisesRegex(SystemExit, "m000001"):
                    once()


class CommandTests(unittest.TestCase):
    def run_suite(self, folder, *arguments, budget):
        """(exit code, output) of one row that has that budget here."""
        with mock.patch.dict(rows.BUDGETS, {TINY: budget}), redirect_stdout(io.StringIO()) as output, redirect_stderr(output):
            code = command.main(["--quick", "--rounds", "1", "--only", TINY, "--output", str(folder / "bench.json"), *arguments])
        return code, output.getvalue()

    def test_a_quick_run_of_one_row_and_a_budget_that_is_missed(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "bench.json").write_text(json.dumps([rows.row("import-rich-vs-disk", "3.11.7", {"ratio": 0.5})]))
            code, output = self.run_suite(folder, "--check", budget=1000.0)
            self.assertEqual(code, 0, output)
            found = {row["name"]: row for row in json.loads((folder / "bench.json").read_text())}
            self.assertEqual(sorted(found), [TINY, "import-rich-vs-disk"])
            self.assertLessEqual({"name", "python", "ratio", "spread", "least", "budget", "met", "details"}, set(found[TINY]))
            self.assertGreater(found[TINY]["ratio"], 0)
            self.assertRegex(output, TINY + ".*yes")

            code, output = self.run_suite(folder, "--check", budget=0.0)
            self.assertEqual(code, 1)
            self.assertRegex(output, "FAILED: %s .*budget is at most 0.0" % TINY)
            code, output = self.run_suite(folder, budget=0.0)
            self.assertEqual(code, 0, "only --check fails a run")
            self.assertRegex(output, TINY + ".*NO")

    def test_a_name_that_is_none(self):
        with redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            command.main(["--only", "tape"])
        self.assertIn("'tape'", said.getvalue())
        # This one looks like a row.
        with redirect_stderr(io.StringIO()), self.assertRaisesRegex(SystemExit, "no workload has a row import-3000-vs-tape"):
            command.main(["--only", "import-3000-vs-tape"])

    def test_work_folders_are_gone(self):
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.dict(os.environ, {"TMPDIR": folder}), mock.patch.object(tempfile, "tempdir", None):
                self.run_suite(pathlib.Path(folder), budget=None)
            self.assertEqual(sorted(os.listdir(folder)), ["bench-machine.json", "bench.json"])


class PageTests(unittest.TestCase):
    def test_tables_and_plot(self):
        on = {"date": "2026-01-02", "processor": "A & B", "processors": 2, "system": "Linux 6", "dotnet": "10.0", "pythons": ["3.11.7", "3.13.0"],
              "load": 0.1, "quick": False, "rounds": 15}
        found = [
            rows.row("import-3000-vs-disk", "3.11.7", {"ratio": 0.6, "spread": [0.59, 0.61], "least": 0.6}),
            rows.row("import-3000-vs-disk", "3.13.0", {"ratio": 0.55, "spread": [0.5, 0.6], "least": 0.5}, holds=False),
            rows.row("import-3000-no-bytecode-vs-disk", "3.11.7", {"ratio": 8.1}),
            rows.row("start-and-mount", "3.11.7", {"value": 12.34, "unit": "ms", "spread": [12.0, 13.0], "least": 12.0}),
            rows.row("import-rich-vs-disk", "3.11.7", {"ratio": 0.7}),
            rows.row("raise-to-csharp", "3.11.7", {"value": 12345.6, "unit": "ns"}),
        ]
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            places = {}
            for constant, name in (("PERFORMANCE", "table"), ("README", "benchmarks")):
                places[constant] = folder / (name + ".md")
                places[constant].write_text("before\n<!-- %s: written by build/bench.sh --page -->\nold\n<!-- end of %s -->\nafter\n" % (name, name))
            with mock.patch.multiple(page, PLOT=folder / "plot.svg", **places):
                page.write(found, on)
                once = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
                page.write(found, on)
                self.assertEqual(once, [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())])
            performance, readme = (places[constant].read_text(encoding="utf-8") for constant in ("PERFORMANCE", "README"))
            self.assertTrue(performance.startswith("before\n") and performance.endswith("\nafter\n") and "old" not in performance)
            self.assertIn("| 0.60 (0.59 to 0.61) | 0.55 (0.50 to 0.60) | ≤ 0.65 |", readme)
            self.assertIn("| **12.3 ms (12.0 to 13.0)** |", readme)
            self.assertIn("| raise in Python, catch in C# | 12.3 µs |", performance)
            self.assertIn("A & B", performance)
            for line in re.findall(r"(?m)^\|.*", performance):
                self.assertRegex(line, r"^\|.*\|$")
            from xml.etree import ElementTree
            svg = ElementTree.parse(folder / "plot.svg").getroot()
            texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
            self.assertIn("0.60", texts)
            self.assertIn("8.10", texts)

    def test_pages_of_the_repository_have_their_places(self):
        for path, name in ((page.PERFORMANCE, "table"), (page.README, "benchmarks")):
            text = path.read_text(encoding="utf-8")
            self.assertIn("<!-- %s: written by build/bench.sh --page -->" % name, text)
            self.assertIn("<!-- end of %s -->" % name, text)


if __name__ == "__main__":
    unittest.main()
