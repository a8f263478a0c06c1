#!/usr/bin/env python3
"""W in numpy as somebody who knows it writes it for speed: tables in the luck score, chunks that stay in the cache, year sums as matrix products.
usage: numpy_tables.py PARAMETERS TRIALS PROCESSES SEED"""
import common
import numpy as np
from common import CATEGORIES, KNOTS, MONTHS, ORGANISATIONS, SCHEMES, YEARS
from scipy import special

CELLS, RANGE, CHUNK = 1024, 6.0, 2048
EACH = SCHEMES // ORGANISATIONS


def quantile(p, i, u):
    low, mode, high = p.q[i, :3]
    if p.family[i] == 0:
        return low + (high - low) * special.btdtri(*common.pert(low, mode, high), u)
    if p.family[i] == 1:
        return np.where(u < (mode - low) / (high - low), low + np.sqrt(u * (high - low) * (mode - low)),
                        high - np.sqrt((1 - u) * (high - low) * (high - mode)))
    if p.family[i] == 2:
        return np.exp(low + mode * special.ndtri(u * special.ndtr((np.log(high) - low) / mode)))
    return np.interp(u, KNOTS, p.q[i])


class Simulator:
    def __init__(self, p):
        self.p = p
        knots = np.linspace(-RANGE, RANGE, CELLS + 1)
        self.share = np.stack([quantile(p, i, special.ndtr(knots)) for i in range(SCHEMES)])
        self.rise = np.diff(self.share, axis=1)
        # Months late by the score turned round (high = late): how many thresholds lie below a cell, and where up to two lie within it.
        limits = special.ndtri(np.clip(p.months_chance, 1e-12, 1 - 1e-12))
        at = (limits + RANGE) * (CELLS / (2 * RANGE))
        self.month = np.stack([np.searchsorted(row, np.arange(CELLS), side='left') for row in at]).astype(np.int8)
        self.within = np.full((2, SCHEMES, CELLS), 2.0)
        for i in range(SCHEMES):
            for x in at[i]:
                if 0 <= x < CELLS:
                    cell = int(x)
                    self.within[0 if self.within[0, i, cell] == 2 else 1, i, cell] = x - cell
        self.crowded = (self.within[1] < 2).any(1)
        self.first, self.second = common.late_parts(np.arange(MONTHS))
        # Saving of a year = share × (planned + first part × (a year later − planned) + second part × (two years later − a year later)),
        # cumulated over the years.
        self.years = []
        cumulate = np.tril(np.ones((YEARS, YEARS)))
        for o in range(ORGANISATIONS):
            mine = slice(o * EACH, (o + 1) * EACH)
            planned, later, latest = p.saving[mine].T, p.later[mine].T, p.latest[mine].T
            self.years.append(cumulate @ np.hstack([planned, later - planned, latest - later]))
        steps = np.zeros((YEARS, YEARS))
        for y in range(YEARS):
            steps[y] = p.persistence * steps[y - 1] if y else 0
            steps[y, y] = p.sd
        self.pressure = np.cumsum(steps, 0)  # of the luck of years, cumulated; luck is good, so it is added
        self.gap = np.cumsum(p.gap, 1)

    def cells(self, score, cell, whole):
        score += RANGE
        score *= CELLS / (2 * RANGE)
        np.clip(score, 0, CELLS - 1e-9, out=score)
        np.floor(score, out=whole)
        np.copyto(cell, whole, casting='unsafe')
        score -= whole

    @staticmethod
    def peak(position, out):
        """The largest fall of a cumulative position below the highest it has been, 0 at the start."""
        high = np.maximum(position[0], 0)
        np.maximum(-position[0], 0, out=out)
        for y in range(1, YEARS):
            np.maximum(out, high - position[y], out=out)
            np.maximum(high, position[y], out=high)

    def chunk(self, n, random, out):
        p = self.p
        system = random.standard_normal(n) * p.system
        categories = random.standard_normal((CATEGORIES, n)) * p.category_weight
        parts = np.empty((3 * EACH, n))
        score, whole, other = np.empty((EACH, n)), np.empty((EACH, n)), np.empty(n)
        cell = np.empty((EACH, n), np.int64)
        pooled = np.zeros((YEARS, n))
        for o in range(ORGANISATIONS):
            start = o * EACH
            ours = random.standard_normal(n)
            ours *= p.organisation
            ours += system
            common_luck = categories[p.category[start:start + EACH]]
            common_luck += ours
            random.standard_normal(out=score)
            score *= p.own
            score += common_luck
            self.cells(score, cell, whole)
            share = parts[:EACH]
            for j in range(EACH):
                self.rise[start + j].take(cell[j], out=share[j], mode='clip')
                share[j] *= score[j]
                self.share[start + j].take(cell[j], out=other, mode='clip')
                share[j] += other
            random.standard_normal(out=score)
            score *= -p.own
            score -= common_luck
            self.cells(score, cell, whole)
            for j in range(EACH):
                i = start + j
                month = self.month[i].take(cell[j], mode='clip')
                for level in range(1 + int(self.crowded[i])):
                    self.within[level, i].take(cell[j], out=other, mode='clip')
                    month += score[j] > other
                self.first.take(month, out=parts[EACH + j], mode='clip')
                self.second.take(month, out=parts[2 * EACH + j], mode='clip')
            parts[EACH:2 * EACH] *= share
            parts[2 * EACH:] *= share
            luck = random.standard_normal((YEARS, n))
            luck *= p.pressure_own
            luck += ours
            position = self.pressure @ luck
            position += self.years[o] @ parts
            position -= self.gap[o][:, None]
            pooled += position
            self.peak(position, out[o])
        self.peak(pooled, out[-1])

    def __call__(self, trials, seed):
        random = np.random.Generator(np.random.SFC64(seed))
        peaks = np.empty((ORGANISATIONS + 1, trials))
        for start in range(0, trials, CHUNK):
            n = min(CHUNK, trials - start)
            part = np.empty((ORGANISATIONS + 1, n))
            self.chunk(n, random, part)
            peaks[:, start:start + n] = part
        return peaks


if __name__ == '__main__':
    common.main(Simulator)
