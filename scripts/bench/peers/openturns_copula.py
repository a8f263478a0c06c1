#!/usr/bin/env python3
"""W in OpenTURNS: the library's distributions joined by a normal copula over shares, delays and pressures, sampled in chunks; numpy for the sums.
usage: openturns_copula.py PARAMETERS TRIALS PROCESSES SEED"""
import common
import numpy as np
import openturns as ot
from common import CATEGORIES, KNOTS, ORGANISATIONS, SCHEMES, YEARS

CHUNK = 10_000


def share(p, i):
    low, mode, high = p.q[i, :3]
    if p.family[i] == 0:
        return ot.Beta(*common.pert(low, mode, high), low, high)
    if p.family[i] == 1:
        return ot.Triangular(low, mode, high)
    if p.family[i] == 2:
        return ot.TruncatedDistribution(ot.LogNormal(low, mode), 0.0, high)
    width = np.diff(p.q[i])
    return ot.Histogram(p.q[i, 0], width.tolist(), (np.diff(KNOTS) / width).tolist())


def correlations(p):
    """Of the lucks of all shares, all delays and all pressures."""
    load = np.zeros((2 * SCHEMES + ORGANISATIONS * YEARS, 1 + ORGANISATIONS + CATEGORIES))
    load[:, 0] = p.system
    owner = np.concatenate([p.owner, p.owner, np.repeat(np.arange(ORGANISATIONS), YEARS)])
    load[np.arange(len(owner)), 1 + owner] = p.organisation
    drivers = np.arange(2 * SCHEMES)
    load[drivers, 1 + ORGANISATIONS + np.tile(p.category, 2)] = p.category_weight
    matrix = load @ load.T
    np.fill_diagonal(matrix, 1)
    return ot.CorrelationMatrix(matrix.tolist())


def prepare(p):
    ot.TBB.SetThreadsNumber(1)
    late = [ot.Uniform(0, 1)] * SCHEMES          # the chance that luck is worse; months are looked up from it
    luck = [ot.Normal(0, 1)] * (ORGANISATIONS * YEARS)
    joint = ot.ComposedDistribution([share(p, i) for i in range(SCHEMES)] + late + luck, ot.NormalCopula(correlations(p)))

    def chunk(n):
        sample = np.asarray(joint.getSample(n)).T
        saved = np.zeros((ORGANISATIONS, YEARS, n))
        for i in range(SCHEMES):
            first, second = common.late_parts(np.searchsorted(p.months_chance[i], 1 - sample[SCHEMES + i]))
            for y in range(YEARS):
                planned, later, latest = p.saving[i, y], p.later[i, y], p.latest[i, y]
                saved[p.owner[i], y] += sample[i] * (planned + first * (later - planned) + second * (latest - later))
        return common.settle(p, saved, sample[2 * SCHEMES:].reshape(ORGANISATIONS, YEARS, n))

    def simulate(trials, seed):
        ot.RandomGenerator.SetSeed(seed[0] * 64 + seed[1])
        return np.concatenate([chunk(min(CHUNK, trials - start)) for start in range(0, trials, CHUNK)], axis=1)
    return simulate


if __name__ == '__main__':
    common.main(prepare)
