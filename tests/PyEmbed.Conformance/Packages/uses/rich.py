"""Tables, trees, Markdown, syntax, tracebacks, progress, exported to text, HTML and SVG."""

import io

from rich import box, columns, console, json, markdown, panel, pretty, progress, syntax, table, text, traceback, tree

out = console.Console(file=io.StringIO(), width=60, force_terminal=True, color_system="truecolor", record=True, legacy_windows=False, _environ={})
grid = table.Table(title="Numbers", box=box.ROUNDED, show_footer=True)
grid.add_column("Name", style="cyan", footer="sum")
grid.add_column("N", justify="right", footer="3")
grid.add_row("one", "1")
grid.add_row("[bold]two[/bold] :smile:", "2", end_section=True)
out.print(grid)
branch = tree.Tree("root")
branch.add("child").add("[italic]leaf[/italic]")
out.print(branch, panel.Panel(text.Text("inside", style="bold red"), title="P"), columns.Columns(["a", "b", "c"]))
out.print(markdown.Markdown("# Head\n\n* one\n* **two** `code`\n\n> quote\n\n```python\nx = 1\n```\n"))
out.print(syntax.Syntax("def f(x):\n    return x + 1  # comment", "python", line_numbers=True, theme="monokai"))
out.print(json.JSON('{"a": [1, null, true]}'), {"k": list(range(30))}, pretty.Pretty({1, 2, 3}))
for _ in progress.track(range(3), console=console.Console(file=io.StringIO())):
    pass
try:
    1 / 0
except ZeroDivisionError as error:
    trace = traceback.Traceback.extract(type(error), error, None)
    out.print(trace.stacks[0].exc_type, trace.stacks[0].exc_value)
print(out.file.getvalue())
print(len(out.export_html(clear=False)) > 1000, out.export_svg(title="t", unique_id="u").count("<text"))
