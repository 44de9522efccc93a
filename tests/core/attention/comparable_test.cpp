#include "core/attention/comparable.h"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/support/synthetic_capture.h"
#include "tests/support/temporary_folder.h"

namespace vitrine::attention
{
namespace
{

using testing::HasSubstr;
using testing::IsEmpty;

class Comparable : public testing::Test
{
protected:
    Capture made(const tests::SyntheticCapture& spec)
    {
        CaptureInfo info;
        info.model = "synthetic";
        info.tokenTexts = tests::syntheticTokens(spec);
        info.headSize = spec.headSize;
        for (int layer = 0; layer < spec.layers; ++layer)
            info.layerIds.push_back(layer);
        std::vector<std::int32_t> ids(info.tokenTexts.size());
        std::iota(ids.begin(), ids.end(), 0);
        const auto file = folder_.path / (std::to_string(++count_) + ".safetensors");
        EXPECT_TRUE(writeCapture(file, info, ids, tests::syntheticForward(spec, info.scale)));
        return *Capture::open(file);
    }

    tests::TemporaryFolder folder_;
    int count_ = 0;
};

TEST_F(Comparable, AreCapturesOfTheSameTokensLayersAndHeads)
{
    EXPECT_THAT(whyNotComparable(made({.seed = 7}), made({.seed = 8})), IsEmpty());
}

TEST_F(Comparable, AreNotThoseOfOtherTokensOrHeads)
{
    const Capture first = made({});

    EXPECT_THAT(whyNotComparable(first, made({.tokens = 30})), HasSubstr("48 and 30 tokens"));
    EXPECT_THAT(whyNotComparable(first, made({.tokenPrefix = "other"})),
                HasSubstr("different tokens"));
    EXPECT_THAT(whyNotComparable(first, made({.layers = 2})),
                HasSubstr("3 × 4 heads in one run, 2 × 4"));
    EXPECT_THAT(whyNotComparable(first, made({.heads = 3})), HasSubstr("3 × 3"));
}

TEST(MassMoved, IsHalfOfWhatTheKeysReceiveDifferently)
{
    const std::vector<float> a = {1.0f, 0.5f}, b = {0.5f, 0.5f};
    const std::vector<std::int32_t> rows = {2, 1};

    EXPECT_DOUBLE_EQ(massMoved(a, b, rows), 0.5 * 2 / 2 / 2);
    EXPECT_DOUBLE_EQ(massMoved(a, a, rows), 0);
    EXPECT_DOUBLE_EQ(massMoved({}, {}, {}), 0);
}

} // namespace
} // namespace vitrine::attention
