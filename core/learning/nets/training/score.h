#pragma once

#include <string>

namespace vitrine::learning
{

// One number of a card, e.g. {"fashion-mnist test accuracy", 91.2, "%"}. Where there is none the
// value is NaN and the unit says why.
struct Score {
    std::string name;
    double value;
    std::string unit;
};

} // namespace vitrine::learning
