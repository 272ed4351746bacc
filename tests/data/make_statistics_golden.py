#!/usr/bin/env python3
# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes statistics_golden.tsv with NumPy and SciPy: python3 make_statistics_golden.py > statistics_golden.tsv

A line a sample: its values with commas between, then mean, median, the quantiles 0, 0.05, 0.25, 0.75, 0.95, 1, the
standard deviation and the interquartile range over the median.
"""
import numpy as np
import scipy.stats

SAMPLES = [
    [3.5],
    [2, 1],
    [10, 10, 10],
    [4, 1, 3, 2],
    [0.001, 1000, 5, 7, 7.25],
    [12.5, 11.75, 13, 12.25, 98, 12, 12.375, 11.875, 12.125, 12.625],
    [(i * 7919) % 1009 / 8 for i in range(97)],
    [1e9 + 0.5, 1e9 + 1.5, 1e9 + 3],
]
for sample in SAMPLES:
    q = [np.quantile(sample, p) for p in (0, .05, .25, .75, .95, 1)]
    deviation = np.std(sample, ddof=1) if len(sample) > 1 else 0
    spread = scipy.stats.iqr(sample) / np.median(sample)
    figures = [np.mean(sample), np.median(sample), *q, deviation, spread]
    print(",".join(repr(float(v)) for v in sample), *(repr(float(v)) for v in figures), sep="\t")
