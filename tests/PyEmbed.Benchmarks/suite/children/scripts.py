"""Runs scripts for clients that ask at once, in a fresh process each or in a plain pool of processes.

    python -I scripts.py fresh|pool SCRIPTS.json CLIENTS SECONDS

SCRIPTS.json is what PyEmbed.Benchmarks posts to the script host. Prints {"rate": scripts a second, "p50": ms, "p99": ms}.
"""

import json
import multiprocessing
import subprocess
import sys
import threading
import time


def run_script(source):
    """The result of a script, in a process that has run others."""
    names = {'__name__': '__main__'}
    exec(compile(source, 'script', 'exec'), names)
    return names['result']


def run_fresh(source):
    """The result of a script, in a process of its own."""
    done = subprocess.run([sys.executable, '-I', '-c', source + '\nimport json\nprint(json.dumps(result))'], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ask(run, scripts, clients, seconds):
    """The seconds that each answer took: every client asks again when it has one."""
    times, failures, end = [], [], time.perf_counter() + seconds

    def client(number):
        try:
            while time.perf_counter() < end:
                source, result = scripts[number % len(scripts)]
                begin = time.perf_counter()
                found = run(source)
                times.append(time.perf_counter() - begin)
                if found != result:
                    raise ValueError(f'{source!r} gave {found!r} instead of {result!r}')
                number += 1
        except Exception as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(1)
    return sorted(times)


def main():
    way, path, clients, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    with open(path, encoding='utf-8') as file:
        scripts = [(script['body']['source'], script['result']) for script in json.load(file)]
    if way == 'pool':
        with multiprocessing.Pool() as pool:
            report(lambda source: pool.apply(run_script, (source,)), scripts, clients, seconds)
    else:
        report(run_fresh, scripts, clients, seconds)


def report(run, scripts, clients, seconds):
    ask(run, scripts, clients, seconds / 10)
    begin = time.perf_counter()
    times = ask(run, scripts, clients, seconds)
    spent = time.perf_counter() - begin
    print(json.dumps({'rate': round(len(times) / spent, 1), 'p50': round(1000 * times[len(times) // 2], 1), 'p99': round(1000 * times[len(times) * 99 // 100], 1)}))


if __name__ == '__main__':
    main()
