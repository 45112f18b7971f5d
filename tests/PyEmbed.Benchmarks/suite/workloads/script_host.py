"""Scripts a second for 64 clients: samples/ScriptHost over HTTP, a fresh python3 for each script, and a plain multiprocessing pool."""

import contextlib
import json
import re
import statistics
import subprocess
import sys
import threading

from .. import processes, rounds

ROWS = ("script-host-vs-fresh-python",)
CLIENTS = 64
SAMPLE = processes.ROOT / "samples" / "ScriptHost"
PROGRAM = processes.ROOT / "artifacts" / "bin" / "ScriptHost" / "release" / "ScriptHost.dll"

# What callers post: short, and with what such scripts import. The value is in the global "result".
SCRIPTS = [
    ("import re\nfrom collections import Counter\n"
     "result = [list(pair) for pair in Counter(re.findall(r'\\w+', 'the quick brown fox and the lazy dog and the end ' * 20)).most_common(2)]", [["the", 60], ["and", 40]]),
    ("import statistics\nnumbers = [n % 17 for n in range(500)]\nresult = [min(numbers), max(numbers), round(statistics.fmean(numbers), 3)]", [0, 16, 7.93]),
    ("import json\nrows = json.loads('[' + ','.join('{\"id\": %d}' % n for n in range(200)) + ']')\nresult = sum(row['id'] for row in rows)", 19900),
    ("sieve = [True] * 2000\nfor n in range(2, 45):\n    if sieve[n]:\n        sieve[n * n::n] = [False] * len(sieve[n * n::n])\nresult = sum(sieve[2:])", 303),
]


def measure(run):
    scripts = run.folder("scripts") / "scripts.json"
    scripts.write_text(json.dumps([{"body": {"source": source}, "result": result} for source, result in SCRIPTS]), encoding="utf-8")
    processes.run("dotnet", "build", SAMPLE, "-c", "Release", "--nologo", "-v", "quiet")
    seconds = 3 if run.quick else 6

    def others(way):
        return json.loads(processes.run(run.default.program, "-I", processes.CHILDREN / "scripts.py", way, scripts, CLIENTS, seconds))

    with host() as address:
        found = rounds.interleave({
            "script host": lambda: json.loads(processes.run("dotnet", processes.BENCHMARKS, "clients", address, scripts, CLIENTS, seconds)),
            "fresh python3": lambda: others("fresh"),
            "multiprocessing pool": lambda: others("pool"),
        }, run.some(2 if run.quick else 5), warm=0)
    rates = {name: [one["rate"] for one in each] for name, each in found.items()}
    details = {name: {"scripts/s": statistics.median(rates[name]), **{key + " ms": statistics.median(one[key] for one in each) for key in ("p50", "p99")}}
               for name, each in found.items()}
    figure = rounds.ratio(rates, "script host", "fresh python3")
    # Of rates the greatest is the one that load disturbed least.
    figure["least"] = round(max(rates["script host"]) / max(rates["fresh python3"]), 3)
    yield ROWS[0], run.default.version, {**figure, "details": details}


@contextlib.contextmanager
def host():
    """The address of the sample, which runs as long as the block does."""
    process = subprocess.Popen(["dotnet", str(PROGRAM), "--urls", "http://127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            address = re.search(r"Now listening on: (\S+)", line)
            if address:
                break
        else:
            sys.exit("the script host did not start:\n" + "".join(said))
        # What it says later is read, so that it never waits for that.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address[1]
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
