#!/usr/bin/env python3
"""W, the work that is measured, as a system of plans that `shortfall run` reads.

usage: workload.py FOLDER [--organisations N] [--schemes N] [--years N]

The numbers come from parameters/*.csv, which the peers read too. Another size repeats them: organisation k takes the numbers of
organisation k mod 12, scheme j those of scheme j mod 20, years beyond the fifth those of the fifth, and gap, reserves and pressure
grow with the schemes. Any size other than 12 × 20 × 5 is for timing only.
"""
import argparse
import csv
import math
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PARAMETERS = os.path.join(HERE, 'parameters')
ORGANISATIONS, SCHEMES, YEARS, CATEGORIES, MONTHS = 12, 20, 5, 8, 19
SPEND = 1000.0  # gives the pressure, a share of spend, its size; income is the same, so that the target is the gap to be closed
Z90 = 1.2815515655446004


def table(name):
    with open(os.path.join(PARAMETERS, name), newline='') as file:
        return list(csv.DictReader(file))


def delivery(scheme):
    """The delivered share as the plan writes it: one of four families."""
    q = [float(scheme[f'q{k}']) for k in range(1, 6)]
    family = int(scheme['fam'])
    if family == 0:
        return f'{{pert: [{q[0]}, {q[1]}, {q[2]}]}}'
    if family == 1:
        return f'{{triangular: [{q[0]}, {q[1]}, {q[2]}]}}'
    if family == 2:  # log-mean, log-sd and where it is cut
        return f'{{lognormal: {{median: {math.exp(q[0])!r}, p90: {math.exp(q[0] + Z90 * q[1])!r}, high: {q[2]}}}}}'
    return f'{{quantiles: {{0%: {q[0]}, 10%: {q[1]}, 50%: {q[2]}, 90%: {q[3]}, 100%: {q[4]}}}}}'


def delay(scheme):
    """Months late, from the cumulative chances of 0, 1, … 18 months."""
    chance = [float(scheme[f'c{k}']) for k in range(MONTHS)]
    weights = [chance[0]] + [max(0.0, chance[k] - chance[k - 1]) for k in range(1, MONTHS)]
    return (f"{{values: [{', '.join(str(k) for k in range(MONTHS))}], "
            f"weights: [{', '.join(f'{w:.8f}' for w in weights)}]}}")


def by_year(row, prefix, years, times=1.0):
    return ', '.join(f"{times * float(row[f'{prefix}{min(y, YEARS - 1)}']):.6g}" for y in range(years))


def write(folder, organisations=ORGANISATIONS, schemes=SCHEMES, years=YEARS):
    os.makedirs(folder, exist_ok=True)
    shared = table('globals.csv')[0]
    owners, all_schemes = table('orgs.csv'), table('schemes.csv')
    of_owner = [[s for s in all_schemes if int(s['org']) == o] for o in range(ORGANISATIONS)]
    grown = schemes / SCHEMES

    def put(name, text):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(text)

    put('classes.yaml', 'classes:\n' + ''.join(
        f'  category-{c}: {{share: 1, grade: judgement, source: invented}}\n' for c in range(CATEGORIES)))
    labels = ', '.join(f'{2017 + y}/{(18 + y) % 100:02d}' for y in range(years))
    put('system.yaml', f'system: w\ntitle: Workload W\nyears: [{labels}]\nreference: classes.yaml\ndependence:\n  shared: '
        f"{{system: {shared['a2']}, organisation: {shared['b2']}, class: {shared['c2']}, scheme: 0, year: 0}}\n")
    for o in range(organisations):
        owner = owners[o % ORGANISATIONS]
        text = [f'organisation: org-{o:03d}\nincome: {SPEND * grown:g}\nspend: {SPEND * grown:g}\n'
                f"target: [{by_year(owner, 'gap', years, grown)}]\nreserves: {float(owner['reserve']) * grown:.6g}\n"
                f"pressure: {{sd: {float(shared['psigma']) / SPEND:g}, persistence: {shared['phi']}}}\nschemes:\n"]
        mine = of_owner[o % ORGANISATIONS]
        for j in range(schemes):
            s = mine[j % SCHEMES]
            text.append(f"  scheme-{j:03d}: {{class: category-{s['cat']}, saving: [{by_year(s, 's', years)}], "
                        f'delivery: {delivery(s)}, delay: {delay(s)}}}\n')
        put(f'org-{o:03d}.yaml', ''.join(text))


if __name__ == '__main__':
    words = argparse.ArgumentParser(description='Writes W as a folder of plans.')
    words.add_argument('folder')
    words.add_argument('--organisations', type=int, default=ORGANISATIONS)
    words.add_argument('--schemes', type=int, default=SCHEMES)
    words.add_argument('--years', type=int, default=YEARS)
    given = words.parse_args()
    write(given.folder, given.organisations, given.schemes, given.years)
