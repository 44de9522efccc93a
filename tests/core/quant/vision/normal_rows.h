#pragma once

#include "core/base/random.h"
#include "core/quant/vision/binary_codes.h"

namespace vitrine::tests
{

// Tokens of a head whose channels are normally distributed.
inline quant::HeadRows normalRows(Eigen::Index tokens, Eigen::Index channels, std::uint64_t seed)
{
    Random random(seed);
    return quant::HeadRows::NullaryExpr(tokens, channels, [&] { return random.normal(); });
}

} // namespace vitrine::tests
