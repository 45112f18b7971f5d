"""A command group through its test runner: options, help pages, completion, an error."""

import click
import click.shell_completion
import click.testing


@click.group()
@click.option("--level", type=click.IntRange(0, 3), default=1, show_default=True)
@click.pass_context
def cli(context, level):
    """Does things."""
    context.obj = level


@cli.command()
@click.argument("names", nargs=-1)
@click.option("--color", type=click.Choice(["red", "green"]), prompt=True)
@click.pass_obj
def greet(level, names, color):
    """Greets NAMES."""
    with click.progressbar(names, label="names") as bar:
        for name in bar:
            click.echo(click.style("%s %d" % (name, level), fg=color))


@cli.command()
def edit():
    click.echo(click.format_filename(b"\xff.txt"))
    click.echo(click.unstyle(click.style("plain", bold=True)))


runner = click.testing.CliRunner()
for arguments in (["--help"], ["--level", "2", "greet", "a", "b", "--color", "red"], ["greet", "x"], ["--level", "9", "edit"],
                  ["edit"], ["gret"], ["greet", "--help"]):
    result = runner.invoke(cli, arguments, input="green\n", prog_name="cli", color=True)
    print(result.exit_code, repr(result.output))
completion = click.shell_completion.BashComplete(cli, {}, "cli", "_CLI_COMPLETE")
print([item.value for item in completion.get_completions(["greet"], "--c")])
print(sorted(name for name in click.__all__)[:10] if hasattr(click, "__all__") else click.__version__)
