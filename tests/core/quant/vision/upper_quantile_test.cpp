#include "core/quant/vision/upper_quantile.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

// numpy.quantile(values, q), method "linear", with all values sorted.
double numpyQuantile(std::vector<float> values, double q)
{
    std::ranges::sort(values);
    const double place = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, values.size() - 1);
    return values[below] + (values[above] - values[below]) * (place - std::floor(place));
}

TEST(UpperQuantile, IsThatOfAllValuesSorted)
{
    Random random(1);
    for (const double q : {0.0, 0.5, 0.9, 0.99, 1.0})
        for (std::size_t count = 1; count < 400; count += 7) {
            std::vector<float> values(count);
            for (float& x : values)
                x = static_cast<float>(random.below(50)) - 20.5f; // some are equal

            UpperQuantile quantile(q, static_cast<std::int64_t>(count));
            quantile.add(std::span(values).first(count / 3));
            quantile.add(std::span(values).subspan(count / 3));

            ASSERT_DOUBLE_EQ(quantile.value(), numpyQuantile(values, q)) << q << " of " << count;
        }
}

TEST(UpperQuantile, FewerValuesThanAnnouncedAreRightToo)
{
    Random random(2);
    UpperQuantile quantile(0.99, 100'000);
    std::vector<float> values;
    for (int i = 0; i < 3000; ++i) {
        values.push_back(static_cast<float>(random.normal()));
        quantile.add(std::span(&values.back(), 1));
    }

    EXPECT_EQ(quantile.count(), 3000);
    EXPECT_DOUBLE_EQ(quantile.value(), numpyQuantile(values, 0.99));
}

} // namespace
} // namespace vitrine::quant
