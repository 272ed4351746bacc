// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/icc.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace imgmill::codec {

namespace {

struct ProfileCloser {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct TransformDeleter {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using Profile = std::unique_ptr<void, ProfileCloser>;
using Transform = std::unique_ptr<void, TransformDeleter>;

constexpr cmsUInt32Number kIntent = INTENT_RELATIVE_COLORIMETRIC;
constexpr cmsUInt32Number kFlags = cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_COPY_ALPHA;

// By default lcms prints nothing; this only makes sure that it stays so.
void ignore_message(cmsContext, cmsUInt32Number, const char*) {}

// A context of its own for each picture: lcms's global one is shared by all threads.
class Lcms {
 public:
  Lcms() : context_(cmsCreateContext(nullptr, nullptr)) { cmsSetLogErrorHandlerTHR(context_, ignore_message); }
  Lcms(const Lcms&) = delete;
  Lcms& operator=(const Lcms&) = delete;
  ~Lcms() { cmsDeleteContext(context_); }

  Profile open(base::ByteView bytes) const {
    return Profile(cmsOpenProfileFromMemTHR(context_, bytes.data(), static_cast<cmsUInt32Number>(bytes.size())));
  }
  Transform to_srgb(const Profile& from, cmsUInt32Number from_layout, cmsUInt32Number to_layout) const {
    const Profile srgb(cmsCreate_sRGBProfileTHR(context_));
    if (!srgb) return nullptr;
    return Transform(cmsCreateTransformTHR(context_, from.get(), from_layout, srgb.get(), to_layout, kIntent, kFlags));
  }

 private:
  cmsContext context_;
};

void apply(const Transform& transform, std::vector<std::uint8_t>& samples, std::size_t pixels) {
  constexpr std::size_t kBlock = 1 << 20;  // lcms counts pixels in 32 bits
  const std::size_t channels = samples.size() / pixels;
  for (std::size_t start = 0; start < pixels; start += kBlock) {
    std::uint8_t* block = samples.data() + start * channels;
    cmsDoTransform(transform.get(), block, block, static_cast<cmsUInt32Number>(std::min(kBlock, pixels - start)));
  }
}

// Most embedded RGB profiles are some maker's sRGB. They are left alone: exact palettes stay exact, and building a
// transform takes longer than decoding a small picture.
bool is_srgb(const Profile& profile) {
  struct Primary {
    cmsTagSignature colorant, curve;
    double x, y, z;  // of sRGB, adapted to D50
  };
  constexpr Primary kPrimaries[] = {{cmsSigRedColorantTag, cmsSigRedTRCTag, 0.4361, 0.2225, 0.0139},
                                    {cmsSigGreenColorantTag, cmsSigGreenTRCTag, 0.3851, 0.7169, 0.0971},
                                    {cmsSigBlueColorantTag, cmsSigBlueTRCTag, 0.1431, 0.0606, 0.7141}};
  if (cmsIsTag(profile.get(), cmsSigAToB0Tag) != 0 || cmsIsTag(profile.get(), cmsSigAToB1Tag) != 0) return false;
  const auto near = [](double a, double b) { return std::abs(a - b) <= 0.001; };
  for (const Primary& primary : kPrimaries) {
    const auto* colorant = static_cast<const cmsCIEXYZ*>(cmsReadTag(profile.get(), primary.colorant));
    const auto* curve = static_cast<const cmsToneCurve*>(cmsReadTag(profile.get(), primary.curve));
    if (colorant == nullptr || curve == nullptr) return false;
    if (!near(colorant->X, primary.x) || !near(colorant->Y, primary.y) || !near(colorant->Z, primary.z)) return false;
    constexpr int kSteps = 32;
    for (int i = 0; i <= kSteps; ++i) {
      const double value = static_cast<double>(i) / kSteps;
      const double light = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
      if (!near(cmsEvalToneCurveFloat(curve, static_cast<float>(value)), light)) return false;
    }
  }
  return true;
}

bool convert_rgb(const Lcms& lcms, const Profile& profile, Raw& raw) {
  if (is_srgb(profile)) return true;
  const cmsUInt32Number layout = raw.channels == 4 ? TYPE_RGBA_8 : TYPE_RGB_8;
  const Transform transform = lcms.to_srgb(profile, layout, layout);
  if (!transform) return false;
  apply(transform, raw.samples, raw.samples.size() / static_cast<std::size_t>(raw.channels));
  return true;
}

// The samples are already RGB of equal channels; 256 greys are all that the profile can say about them.
bool convert_grey(const Lcms& lcms, const Profile& profile, Raw& raw) {
  const Transform transform = lcms.to_srgb(profile, TYPE_GRAY_8, TYPE_RGB_8);
  if (!transform) return false;
  std::array<std::uint8_t, 256> greys;
  std::array<std::uint8_t, 256 * 3> colours;
  for (std::size_t i = 0; i < greys.size(); ++i) greys[i] = static_cast<std::uint8_t>(i);
  cmsDoTransform(transform.get(), greys.data(), colours.data(), static_cast<cmsUInt32Number>(greys.size()));
  const auto step = static_cast<std::size_t>(raw.channels);
  for (std::size_t i = 0; i + 2 < raw.samples.size(); i += step) {
    std::copy_n(&colours[std::size_t{raw.samples[i]} * 3], 3, &raw.samples[i]);
  }
  return true;
}

bool convert_cmyk(const Lcms& lcms, const Profile& profile, Raw& raw) {
  const Transform transform = lcms.to_srgb(profile, TYPE_CMYK_8, TYPE_RGB_8);
  if (!transform) return false;
  const std::size_t pixels = raw.samples.size() / 4;
  std::vector<std::uint8_t> rgb(pixels * 3);
  constexpr std::size_t kBlock = 1 << 20;
  for (std::size_t start = 0; start < pixels; start += kBlock) {
    cmsDoTransform(transform.get(), &raw.samples[start * 4], &rgb[start * 3],
                   static_cast<cmsUInt32Number>(std::min(kBlock, pixels - start)));
  }
  raw.samples = std::move(rgb);
  return true;
}

// Ink subtracts light: R = (1 − C)(1 − K).
void convert_cmyk_plainly(Raw& raw) {
  const std::size_t pixels = raw.samples.size() / 4;
  const auto light = [](unsigned ink, unsigned black) {
    return static_cast<std::uint8_t>(((255 - ink) * (255 - black) + 127) / 255);
  };
  for (std::size_t i = 0; i < pixels; ++i) {
    const std::uint8_t* ink = &raw.samples[i * 4];
    const std::array<std::uint8_t, 3> rgb{light(ink[0], ink[3]), light(ink[1], ink[3]), light(ink[2], ink[3])};
    std::copy(rgb.begin(), rgb.end(), &raw.samples[i * 3]);  // behind what is still to be read
  }
  raw.samples.resize(pixels * 3);
}

bool convert_by_profile(Raw& raw) {
  const Lcms lcms;
  const Profile profile = lcms.open(raw.icc);
  const char* problem = "the embedded colour profile is damaged; ignored";
  bool done = false;
  if (profile) {
    const cmsColorSpaceSignature space = cmsGetColorSpace(profile.get());
    problem = "the embedded colour profile is for another kind of picture; ignored";
    if (space == cmsSigCmykData && raw.cmyk) done = convert_cmyk(lcms, profile, raw);
    if (space == cmsSigRgbData && !raw.cmyk) done = convert_rgb(lcms, profile, raw);
    if (space == cmsSigGrayData && !raw.cmyk && raw.grey) done = convert_grey(lcms, profile, raw);
  }
  if (!done) raw.warnings.emplace_back(problem);
  return done;
}

}  // namespace

bool is_srgb_profile(base::ByteView icc) {
  const Lcms lcms;
  const Profile profile = lcms.open(icc);
  return profile && cmsGetColorSpace(profile.get()) == cmsSigRgbData && is_srgb(profile);
}

bool is_in_rgb_profile(const Raw& raw) {
  if (raw.icc.empty() || raw.cmyk) return false;
  const Lcms lcms;
  const Profile profile = lcms.open(raw.icc);
  return profile && cmsGetColorSpace(profile.get()) == cmsSigRgbData;
}

void convert_to_srgb(Raw& raw) {
  const bool by_profile = !raw.icc.empty() && convert_by_profile(raw);
  if (raw.cmyk) {
    if (!by_profile) convert_cmyk_plainly(raw);
    raw.cmyk = false;
    raw.channels = 3;
  }
}

}  // namespace imgmill::codec
