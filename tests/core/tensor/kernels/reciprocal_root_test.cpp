#include "core/tensor/kernels/reciprocal_root.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::kernels
{
namespace
{

TEST(ReciprocalRoot, IsGoodTo14Bits)
{
    for (std::uint64_t d = 1; d < std::uint64_t{1} << 44; d += 1 + d / 1000) {
        const ReciprocalRoot root = reciprocalRoot(d);
        ASSERT_GE(root.mantissa, 1 << 15);
        ASSERT_LE(root.mantissa, 1 << 16);
        ASSERT_NEAR(std::ldexp(static_cast<double>(root.mantissa), root.exponent) *
                        std::sqrt(static_cast<double>(d)),
                    1, 0x1p-14)
            << d;
    }
}

TEST(ReciprocalRoot, OfNothingIsNothing)
{
    EXPECT_EQ(reciprocalRoot(0).mantissa, 0);
}

} // namespace
} // namespace vitrine::kernels
