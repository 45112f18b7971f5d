"""PyInstaller as a contender: an application made by it that imports the same modules."""

import os
import subprocess
import sys
import textwrap

from . import imports, processes, rounds


def reason(run, python):
    """Why it cannot take part; empty where it can."""
    if run.wheelhouse is None:
        return "PYEMBED_WHEELHOUSE names no folder with PyInstaller's wheels"
    if not list(os.scandir(run.wheelhouse)) or not any(entry.name.startswith("pyinstaller-") for entry in os.scandir(run.wheelhouse)):
        return "%s has no wheel of PyInstaller" % run.wheelhouse
    return ""


def compare(run, trees, what, script, tops):
    """The figure of PyInstaller's application against disk, for the same script."""
    why = reason(run, trees.python)
    if why:
        return {"skipped": why}
    program = build(run, trees, what, script, tops)
    if isinstance(program, str):
        return {"skipped": program}
    ways = {**trees.ways(("disk", "pyembed"), what, script), "pyinstaller": lambda: 1000 * float(processes.run(*program))}
    figures = rounds.interleave(ways, run.rounds)
    return {**rounds.ratio(figures, "pyinstaller", "disk"), "details": imports.details(figures)}


def tools(run, python):
    """A virtual environment with PyInstaller, or why there is none."""
    place = run.folder("pyinstaller-" + python.version) / "tools"
    program = place / "bin" / "python"
    if not program.exists():
        for command in ((python.program, "-m", "venv", place),
                        (program, "-m", "pip", "install", "-q", "--no-index", "--find-links", run.wheelhouse, "pyinstaller")):
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=processes.LIMIT)
            if done.returncode:
                return "%s: %s" % (" ".join(map(str, command)), (done.stderr or done.stdout).strip().splitlines()[-1])
    return program


def build(run, trees, what, script, tops):
    """Make the application; returns its command, or why there is none."""
    program = tools(run, trees.python)
    if isinstance(program, str):
        return program
    work = run.folder("pyinstaller-" + trees.python.version)
    main = work / (what + "_main.py")
    main.write_text(textwrap.dedent("""\
        import time
        code = compile(%r, 'script', 'exec')
        begin = time.process_time()
        exec(code, {'__name__': '__main__'})
        print(time.process_time() - begin)
        """) % script.read_text(encoding="utf-8"), encoding="utf-8")
    collect = [part for top in tops for part in ("--collect-submodules", top)]
    done = subprocess.run([str(part) for part in (
        program, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--onedir", "--name", what, "--paths", trees.place,
        "--distpath", work / "dist", "--workpath", work / "build", "--specpath", work, *collect, main)],
        cwd=work, env=dict(os.environ, PYTHONPATH=str(trees.place)), capture_output=True, text=True, timeout=processes.LIMIT)
    if done.returncode:
        sys.exit("PyInstaller failed:\n%s%s" % (done.stdout, done.stderr))
    return (work / "dist" / what / what,)
