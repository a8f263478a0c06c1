#!/usr/bin/env python3
"""W in numpy and scipy.stats as an analyst writes it: one scheme at a time, whole columns, the library's quantile functions.
usage: numpy_scipy.py PARAMETERS TRIALS PROCESSES SEED"""
import common
import numpy as np
from common import CATEGORIES, KNOTS, ORGANISATIONS, SCHEMES, YEARS
from scipy import stats

CHUNK = 100_000


def share(p, i, u):
    low, mode, high = p.q[i, :3]
    if p.family[i] == 0:
        return stats.beta.ppf(u, *common.pert(low, mode, high), loc=low, scale=high - low)
    if p.family[i] == 1:
        return stats.triang.ppf(u, (mode - low) / (high - low), loc=low, scale=high - low)
    if p.family[i] == 2:
        whole = stats.lognorm(mode, scale=np.exp(low))
        return whole.ppf(u * whole.cdf(high))
    return np.interp(u, KNOTS, p.q[i])


def chunk(p, n, random):
    system = p.system * random.standard_normal(n)
    organisations = p.organisation * random.standard_normal((ORGANISATIONS, n))
    categories = p.category_weight * random.standard_normal((CATEGORIES, n))
    saved = np.zeros((ORGANISATIONS, YEARS, n))
    for i in range(SCHEMES):
        o = p.owner[i]
        together = system + organisations[o] + categories[p.category[i]]
        delivered = share(p, i, stats.norm.cdf(together + p.own * random.standard_normal(n)))
        months = np.searchsorted(p.months_chance[i], stats.norm.cdf(-(together + p.own * random.standard_normal(n))))
        first, second = common.late_parts(months)
        for y in range(YEARS):
            planned, later, latest = p.saving[i, y], p.later[i, y], p.latest[i, y]
            saved[o, y] += delivered * (planned + first * (later - planned) + second * (latest - later))
    luck = (system + organisations)[:, None, :] + p.pressure_own * random.standard_normal((ORGANISATIONS, YEARS, n))
    return common.settle(p, saved, luck)


def prepare(p):
    def simulate(trials, seed):
        random = np.random.default_rng(seed)
        return np.concatenate([chunk(p, min(CHUNK, trials - start), random) for start in range(0, trials, CHUNK)], axis=1)
    return simulate


if __name__ == '__main__':
    common.main(prepare)
