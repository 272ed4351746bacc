// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/classify.h"

#include <catch2/catch.hpp>

namespace imgmill {
namespace {

using features::Class;
using features::classify;
using features::Features;

TEST_CASE("classify: each rule, and the confidence that goes with it") {
  const auto expect = [](const Features& features, Class kind, double confidence) {
    const features::Verdict verdict = classify(features);
    CHECK(verdict.kind == kind);
    CHECK(verdict.confidence == Approx(confidence));
    CHECK(verdict.decided_by == "rules");
  };
  expect({.flat_share = 0.9, .entropy = 0.2, .unique_colors = 0.15, .edge_density = 0.1}, Class::simple, 0.8);
  expect({.flat_share = 0.9, .entropy = 0.35}, Class::simple, 0.7);
  expect({.flat_share = 0.9, .unique_colors = 0.2, .edge_density = 0.2, .corner_density = 0.5}, Class::text, 0.7);
  expect({.flat_share = 0.9, .unique_colors = 0.2, .edge_density = 0.2, .corner_density = 0.9}, Class::text, 0.95);
  expect({.flat_share = 0.6, .unique_colors = 0.65, .gradient_strength = 0.55}, Class::gradient, 0.7);
  expect({.flat_share = 0.05, .unique_colors = 0.9, .gradient_strength = 0.9}, Class::photo, 0.9);
  expect({.flat_share = 0.9, .unique_colors = 0.5, .complexity_score = 0.45}, Class::complex, 0.65);
}

TEST_CASE("classify: bounds belong to neither side by accident") {
  CHECK(classify({.flat_share = 0.9, .edge_density = 0.2}).kind == Class::complex);
  CHECK(classify({.flat_share = 0.9, .unique_colors = 0.3}).kind == Class::complex);
  CHECK(classify({.flat_share = 0.9, .entropy = 0.4}).kind == Class::complex);
  CHECK(classify({.flat_share = 0.9, .edge_density = 0.4, .corner_density = 0.4}).kind == Class::text);
  CHECK(classify({.flat_share = 0.9, .edge_density = 0.41, .corner_density = 0.4}).kind == Class::complex);
  CHECK(classify({.flat_share = 0.15, .unique_colors = 0.7, .gradient_strength = 0.6}).kind == Class::gradient);
}

}  // namespace
}  // namespace imgmill
