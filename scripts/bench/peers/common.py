"""What the Python peers share: the parameters, the luck of a scheme, the way from savings to shortfalls, the tallies and the command line."""
import json
import os
import sys
from multiprocessing import get_context

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')  # each process is one thread; before numpy is loaded
import numpy as np

ORGANISATIONS, SCHEMES, YEARS, CATEGORIES, MONTHS = 12, 240, 5, 8, 19
PROBABILITIES = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95])
KNOTS = np.array([0, 0.1, 0.5, 0.9, 1])  # of the fourth family's quantiles
GRACE = 1e-6


class Parameters:
    def __init__(self, folder):
        def table(name):
            return np.loadtxt(os.path.join(folder, name), delimiter=',', skiprows=1)

        s, o, g = table('schemes.csv'), table('orgs.csv'), table('globals.csv')
        self.owner, self.category, self.family = (s[:, k].astype(int) for k in (1, 2, 3))
        self.q, self.saving, self.months_chance = s[:, 4:9], s[:, 10:15], s[:, 15:33]  # P(at most 0 … 17 months); 18 is certain
        self.gap, self.reserves = o[:, 1:6], o[:, 6]
        system, organisation, category, self.persistence, self.sd = g[:5]
        self.system, self.organisation, self.category_weight = np.sqrt([system, organisation, category])
        self.own = np.sqrt(1 - system - organisation - category)
        self.pressure_own = np.sqrt(1 - system - organisation)
        # The planned profile a whole year, and two years, later.
        self.later = np.zeros_like(self.saving)
        self.later[:, 1:] = self.saving[:, :-1]
        self.latest = np.zeros_like(self.saving)
        self.latest[:, 2:] = self.saving[:, :-2]


def pert(low, mode, high):
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)


def late_parts(months):
    """A delay as the share of the first year and the share of the second by which the profile is moved."""
    first = np.minimum(months / 12, 1)
    return first, months / 12 - first


def settle(p, saved, luck):
    """Savings and pressures' luck (organisation, year, trial) to the largest cumulative falls: each organisation's, then all in one pool's."""
    n = saved.shape[2]
    pooled, pool, peak = np.zeros(n), np.zeros(n), np.zeros((ORGANISATIONS + 1, n))
    pressure, fall = np.zeros((ORGANISATIONS, n)), np.zeros((ORGANISATIONS, n))
    for y in range(YEARS):
        pressure = p.persistence * pressure - p.sd * luck[:, y]
        margin = saved[:, y] - pressure - p.gap[:, y, None]  # spend above plan costs, a pressure below plan helps
        fall = np.maximum(0, fall - margin)
        np.maximum(peak[:-1], fall, out=peak[:-1])
        pool = np.maximum(0, pool - margin.sum(0))
        np.maximum(pooled, pool, out=pooled)
    peak[-1] = pooled
    return peak


def tally(p, peak):
    n = peak.shape[1]
    failed = peak[:-1] > p.reserves[:, None] + GRACE
    count = failed.sum(0)
    both = np.zeros((ORGANISATIONS, ORGANISATIONS))
    for start in range(0, n, 1 << 20):
        part = failed[:, start:start + (1 << 20)].astype(np.float32)
        both += part @ part.T
    ranks = np.ceil(PROBABILITIES * n).astype(int) - 1
    quantiles, tails = [], []
    for row in peak:
        ordered = np.partition(row, ranks)
        quantiles.append(ordered[ranks].tolist())
        tails.append(float(ordered[ranks[-1]:].mean()))
    return {'trials': n, 'fails': failed.mean(1).tolist(), 'pool': float((peak[-1] > p.reserves.sum() + GRACE).mean()),
            'any': float((count > 0).mean()), 'all': float((count == ORGANISATIONS).mean()),
            'count': (np.bincount(count, minlength=ORGANISATIONS + 1) / n).tolist(), 'both': (both / n).tolist(),
            'mean': peak.mean(1).tolist(), 'quantiles': quantiles, 'tails': tails}


_simulate = None


def _work(task):
    return _simulate(*task)


def main(prepare):
    """PARAMETERS TRIALS PROCESSES SEED. `prepare(parameters)` gives a function (trials, seed) → peaks of shortfall."""
    global _simulate
    folder, trials, processes, seed = sys.argv[1], *map(int, sys.argv[2:5])
    p = Parameters(folder)
    _simulate = prepare(p)
    if processes == 1:
        peak = _simulate(trials, [seed, 0])
    else:
        shares = [trials // processes + (k < trials % processes) for k in range(processes)]
        with get_context('fork').Pool(processes) as pool:
            peak = np.concatenate(pool.map(_work, [(share, [seed, k]) for k, share in enumerate(shares)], chunksize=1), axis=1)
    print(json.dumps(tally(p, peak)))
