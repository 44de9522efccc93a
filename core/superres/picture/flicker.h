#pragma once

#include "core/base/result.h"
#include "core/picture/picture.h"

namespace vitrine::superres
{

// A picture of a video and the one before it.
struct Succession {
    const Picture& before;
    const Picture& now;
};

// How much more, or otherwise, an enlarged video changes from picture to picture than the original:
// mean |(y_t - y_t-1) - (x_t - x_t-1)| of lumas (lumaOf() of core/superres/picture/quality.h), in
// levels of 255. 0 where the error stands still, whatever it is. Input error where sizes differ.
Result<double> flickerIndex(const Succession& original, const Succession& enlarged);

} // namespace vitrine::superres
