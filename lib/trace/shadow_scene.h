// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a picture that holds a shadow and what casts it, pixel by pixel: how deep the shade is where ground
// shows, how much of each pixel is covered by what casts it, and what the picture is without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "trace/field.h"
#include "trace/shade.h"

namespace imgmill::trace {

class ShadowScene {
 public:
  ShadowScene(const Raster& raster, const Cores& cores, const ShadedGround& ground, const Cast& cast,
              const Window& window);

  int width() const { return raster_.width; }
  int height() const { return raster_.height; }
  const Shade& shade() const { return shade_; }
  const Field& depth() const { return depth_; }  // levels, where ground is seen
  const Field& seen() const { return seen_; }    // 1 there
  // What casts shadows: one, or several that each cast their own. The share of each pixel that it covers.
  int casters() const { return casters_; }
  Field caster(int k) const;
  bool is_ground(std::size_t i) const { return role_[i] == kGround; }

  // What may cast the shadow but is much smaller than the largest of it doesn't.
  void leave_out_small();
  bool has_small() const { return !small_patches().empty(); }
  // Takes what isn't connected for casters of their own, the small ones left out. False if there is but one, or more
  // than there is time for.
  bool split();
  // The three below are told by what shadow there should be, levels.
  // What lies within a caster and looks like ground in the shade is ground: surely if it is just as deep, likely if it
  // is uneven and about as deep, as it would be if the hole weren't there,
  enum class Holes { sure, likely };
  void open_holes(const Field& model, Holes holes);
  bool has_holes() const { return !holes_.empty(); }
  // but not what turns out to be farther off that than so many levels; false if there was no such thing.
  bool close_holes(const Field& model, double off);
  void shape_casters(const Field& model);

  // Whether something of the ground's own colour is part of what casts the shadow.
  bool is_bare(int caster) const;
  // A caster, black on transparent.
  Raster shape(int caster) const;
  // The picture without the shadow; what is seen may be so many levels off it.
  Raster clear(const Field& model, double off) const;

 private:
  // Pixels around what casts a shadow mix its colour with the ground's in the shade.
  struct Mixture {
    float covered = 1;  // the share of what casts it
    float depth = 0;    // levels of the shade on the rest
    std::optional<Paint> inner;
  };

  // A connected patch of what casts shadows.
  struct Patch {
    std::vector<Run> runs;
    std::int64_t area = 0;
  };

  std::vector<Patch> patches() const;
  std::vector<Patch> small_patches() const;
  bool is_caster(std::size_t i, int k) const { return role_[i] == kCaster && (of_.empty() || of_[i] == k); }
  void leave_out_others(const Cast& cast, const Window& window);
  void grow_ground();
  bool goes_on(std::size_t i) const;
  std::vector<std::uint8_t> rim_of_ground() const;
  void measure();
  void fill(const std::vector<Run>& runs, Role role);
  bool may_be_shaded(std::size_t i, const Field& model) const;
  Mixture mixture(std::size_t i, const Field& model) const;
  Sample without_shade(std::size_t i, const Mixture& m) const;
  template <class Visit>
  void each_near_ground(Visit visit) const;
  template <class IsOne>
  std::size_t nearest(std::size_t i, IsOne is_one) const;

  Shade shade_;
  Raster raster_;
  std::vector<std::uint8_t> core_;
  std::vector<Role> role_;
  Field depth_, seen_, caster_;
  int casters_ = 1;
  std::vector<std::uint8_t> of_;         // per pixel, of which caster it is; empty if there is but one
  std::vector<std::vector<Run>> holes_;  // that have been opened
};

}  // namespace imgmill::trace
