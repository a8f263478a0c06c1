"""What `run` and `scaling` share: building the program, one process timed, numbers as text, a least-squares exponent."""
import functools
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
Process = namedtuple('Process', 'wall cpu megabytes out err')


def say(text=''):
    print(text, flush=True)


def stop(text):
    sys.exit(f'{os.path.basename(sys.argv[0])}: {text}')


def build():
    """The release program, brought up to date in build/bench."""
    folder = os.path.join(ROOT, 'build', 'bench')
    if not shutil.which('cmake'):
        stop('no cmake: run scripts/install-dependencies build, or give --program')
    for command in (['cmake', '--preset', 'release', '-DSHORTFALL_TESTS=OFF', '-B', folder], ['cmake', '--build', folder]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            stop('the program cannot be built:\n' + (done.stdout + done.stderr)[-3000:])
    return os.path.join(folder, 'shortfall')


def timed(command, good=(0,)):
    """A whole process: seconds by the clock, seconds of processor time with its children's, its peak memory, what it printed. Its exit status must be good."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS='1', OMP_NUM_THREADS='1', PYTHONDONTWRITEBYTECODE='1')
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        result = Process(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode(), err.read().decode())
    if process.returncode not in good:
        raise RuntimeError(f"exit status {process.returncode}: {' '.join(command)}\n{result.err[-1500:]}")
    return result


def has_option(program, option):
    return option in subprocess.run([program, 'run', '--help'], capture_output=True, text=True).stdout


@functools.lru_cache
def as_written(program):
    """The words with which a build takes reference classes as they are written, as peers and older builds do."""
    return ('--knowledge', 'off') if has_option(program, '--knowledge') else ()


def program_command(program, plans, trials, threads, seed=1, extra=()):
    return [program, 'run', plans, '--trials', str(trials), '--max-trials', str(trials), '--threads', str(threads), '--seed', str(seed),
            '--format', 'json', '--quiet', *as_written(program), *extra]


def machine():
    name = 'unknown processor'
    try:
        with open('/proc/cpuinfo') as file:
            name = next((line.split(':')[1].strip() for line in file if line.startswith('model name')), name)
    except OSError:
        pass
    return f'{name}, {os.cpu_count()} cores; load when started {os.getloadavg()[0]:.1f}'


def spread(values):
    return min(values), statistics.median(values), max(values)


def figure(x):
    """Three significant digits or whole numbers."""
    if x == 0 or not math.isfinite(x):
        return str(x)
    return f'{x:,.{max(0, 2 - math.floor(math.log10(abs(x))))}f}'


def exponent(sizes, times):
    """b of time = a · size^b by least squares on logarithms, with its standard error."""
    x, y = [math.log(s) for s in sizes], [math.log(t) for t in times]
    mx, my = statistics.mean(x), statistics.mean(y)
    sxx = sum((a - mx) ** 2 for a in x)
    b = sum((a - mx) * (c - my) for a, c in zip(x, y)) / sxx
    rest = sum((c - my - b * (a - mx)) ** 2 for a, c in zip(x, y))
    return b, math.sqrt(rest / max(1, len(x) - 2) / sxx)


def read_json(text):
    return json.loads(text)
