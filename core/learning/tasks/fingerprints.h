#pragma once

#include "core/picture/raster.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::learning
{

// A picture as 16x16 grey values, brightness and contrast made equal: enough to know it again at
// another size or after another codec, and no more. Crops and mirrored pictures are not known
// again.
struct Fingerprint {
    static constexpr int kSide = 16;
    std::array<uint8_t, kSide * kSide> grey{};

    bool operator==(const Fingerprint&) const = default;
};

Fingerprint fingerprintOf(const Raster& picture);

// How alike two pictures are, -1..1: correlation of what is left of the grey values when the mean
// of each row is taken away (landscapes are all bright above and dark below). Nought where one is
// flat.
double likeness(const Fingerprint& a, const Fingerprint& b);

// From here on two pictures count as the same one. Of 338 different photographs no two reach 0.87;
// the same one at another size has 0.99 and more, cut at its borders about 0.92. With test pictures
// no other photograph reaches 0.73, so that the line is drawn lower there.
constexpr double kSamePicture = 0.90, kTestPicture = 0.80;

std::string hexOf(const Fingerprint& fingerprint);
Fingerprint fingerprintFromHex(std::string_view hex); // throws std::runtime_error

// A picture that networks are measured on: it must not be trained on.
struct TestPicture {
    std::string name, set;
    Fingerprint fingerprint;
};

// Tab separated lines `name set fingerprint` below a line of these names.
std::string testPictureTable(const std::vector<TestPicture>& pictures);
std::vector<TestPicture> readTestPictures(const std::string& path); // throws std::runtime_error

// All pictures under each folder, by path; the set is the folder's name. Smaller copies (*_LR.*)
// and pictures that were met before are left out. Throws std::runtime_error naming what cannot be
// read.
std::vector<TestPicture> testPicturesIn(const std::vector<std::string>& folders);

} // namespace vitrine::learning
