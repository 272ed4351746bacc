// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How close a picture comes to its reference. SSIM after Wang, Bovik, Sheikh, Simoncelli (2004): Gaussian window
// σ 1.5 truncated at 5 px, K1 .01, K2 .03, L 255, mean over R, G and B, the mean taken over the pixels whose window
// lies inside the picture (as scikit-image does with gaussian_weights and use_sample_covariance=False).
#pragma once

#include "base/stop.h"
#include "image/image.h"

namespace imgmill::score {

struct Score {
  double ssim = 0;         // mean, ≤ 1
  double worst_block = 0;  // the lowest mean over a 32 × 32 block of the SSIM map
  double psnr = 0;         // dB over RGB; infinity where the pictures are equal
};

// Both of one size. Alpha is composited on white; where the reference has alpha, on black too, and the score whose
// SSIM is lower counts. Throws Error{internal} when the sizes differ.
Score compare(const image::Image& reference, const image::Image& result, const base::Stop& stop = {});

}  // namespace imgmill::score
