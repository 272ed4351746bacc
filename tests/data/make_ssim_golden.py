#!/usr/bin/env python3
# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes ssim_golden.tsv with scikit-image: python3 make_ssim_golden.py > ssim_golden.tsv

The pictures come from integer formulas, which tests/unit/score/pictures.h repeats; only the numbers are kept.
"""
import numpy as np
import skimage
from skimage.metrics import structural_similarity

MASK = 0xFFFFFFFF
BLOCK = 32


def noise(x, y, c, seed):
    h = ((x * 73856093) ^ (y * 19349663) ^ (c * 83492791) ^ (seed * 2654435761)) & MASK
    h ^= h >> 13
    h = (h * 0x5BD1E995) & MASK
    h ^= h >> 15
    return h & 255


def reference(kind, x, y, c, w, h):
    if kind == "noise":
        return noise(x, y, c, 1)
    if kind == "ramp":
        return (x * 255 // w + y * 255 // h + c * 20) // 2 % 256
    if kind == "saw":
        return (x * 3 + y * 2 + c * 40) % 256
    if kind == "disc":
        dx, dy = 2 * x - w, 2 * y - h
        inside = dx * dx + dy * dy < min(w, h) * min(w, h) // 2
        return (230, 60, 20)[c] if inside else (250, 250, 240)[c]
    if kind == "stripes":
        return 255 if (x + 2 * y) // 9 % 2 else 0
    raise ValueError(kind)


def result(change, kind, x, y, c, w, h):
    if change == "shift":
        return reference(kind, max(x - 1, 0), y, c, w, h)
    v = reference(kind, x, y, c, w, h)
    if change == "same":
        return v
    if change == "offset":
        return min(255, v + 12)
    if change == "jitter":
        return min(255, max(0, v + noise(x, y, c, 7) % 17 - 8))
    if change == "posterise":
        return v // 32 * 32 + 16
    if change == "patch":
        return 255 - v if w // 3 <= x < w // 2 and h // 4 <= y < h // 2 else v
    if change == "inverse":
        return 255 - v
    raise ValueError(change)


def alpha(x, y, w, h):
    return 0 if (x // 16 + y // 24) % 3 == 0 else 255


def picture(make, w, h, channels):
    return np.array([[[make(x, y, c) for c in range(channels)] for x in range(w)] for y in range(h)], np.uint8)


def score(a, b):
    """Mean over the channels: SSIM, lowest block, PSNR."""
    pad, maps = 5, []
    means = []
    for c in range(a.shape[2]):
        mean, full = structural_similarity(a[:, :, c], b[:, :, c], gaussian_weights=True, sigma=1.5,
                                           use_sample_covariance=False, data_range=255, full=True)
        means.append(mean)
        maps.append(full[pad:-pad, pad:-pad])
    m = np.mean(maps, axis=0)
    rows, columns = max(1, m.shape[0] // BLOCK), max(1, m.shape[1] // BLOCK)
    worst = min(m[r * BLOCK:(r + 1) * BLOCK if r + 1 < rows else None,
                  q * BLOCK:(q + 1) * BLOCK if q + 1 < columns else None].mean()
                for r in range(rows) for q in range(columns))
    mse = np.mean((a.astype(float) - b.astype(float)) ** 2)
    return np.mean(means), worst, 10 * np.log10(255 ** 2 / mse) if mse else float("inf")


def on(background, colors, opaque):
    return np.where(opaque[:, :, None] == 255, colors, np.uint8(background))


CASES = [
    ("noise", "jitter", 64, 64, 3), ("noise", "inverse", 48, 37, 3), ("noise", "posterise", 90, 70, 1),
    ("noise", "same", 40, 40, 3), ("ramp", "posterise", 200, 131, 3), ("ramp", "offset", 97, 53, 3),
    ("ramp", "jitter", 129, 65, 1), ("saw", "shift", 200, 131, 3), ("saw", "patch", 333, 77, 3),
    ("disc", "shift", 96, 96, 3), ("disc", "patch", 256, 192, 3), ("disc", "jitter", 75, 140, 3),
    ("disc", "offset", 74, 74, 3), ("stripes", "shift", 111, 111, 1), ("stripes", "inverse", 11, 11, 3),
    ("stripes", "patch", 11, 80, 3), ("ramp", "jitter", 80, 12, 3), ("noise", "patch", 42, 42, 3),
    ("disc", "shift", 120, 100, 4), ("disc", "patch", 120, 100, 4), ("saw", "jitter", 64, 90, 4),
]


def main():
    print("# SPDX-FileCopyrightText: imgmill authors")
    print("# SPDX-License-Identifier: GPL-3.0-or-later")
    print(f"# made by make_ssim_golden.py with scikit-image {skimage.__version__}")
    print("# kind\tchange\twidth\theight\tchannels\tssim\tworst block\tpsnr")
    for kind, change, w, h, channels in CASES:
        colors = min(channels, 3)
        a = picture(lambda x, y, c: reference(kind, x, y, c, w, h), w, h, colors)
        b = picture(lambda x, y, c: result(change, kind, x, y, c, w, h), w, h, colors)
        if channels == 4:
            opaque = picture(lambda x, y, c: alpha(x, y, w, h), w, h, 1)[:, :, 0]
            numbers = min(score(on(v, a, opaque), on(v, b, opaque)) for v in (255, 0))
        else:
            numbers = score(a, b)
        print(kind, change, w, h, channels, *(f"{n:.8f}" for n in numbers), sep="\t")


if __name__ == "__main__":
    main()
