// Mutated networks in the layers format of TensorFlow.js: each is refused in one line, or enlarges
// a picture within what was allocated. 2,000 of each kind under VITRINE_TEST_FULL.
#include "core/superres/tfjs/tfjs_upscaler.h"
#include "tests/core/superres/tfjs/small_tfjs.h"
#include "tests/fuzz/robust.h"

namespace vitrine
{
namespace
{

constexpr int kTfjsMutations = 2000;

using Enlarged = Result<superres::Enlarged>;

Enlarged enlarge(Result<superres::TfjsModel> model)
{
    VITRINE_TRY(auto opened, std::move(model));
    superres::Image low = superres::blankImage(5, 3);
    for (std::size_t i = 0; i < low.values.size(); ++i)
        low.values[i] = static_cast<float>(i % 7) / 7;
    return superres::tfjsUpscaler(std::move(opened))->enlarged(low, {});
}

TEST(TfjsMutation, OfTheJsonIsRefusedOrEnlarges)
{
    const tests::SmallTfjs small;
    fuzz::expectRobust(
        small.json().dump(),
        [&](const std::string& bytes) { return fuzz::errorOf(enlarge(small.readText(bytes))); },
        kTfjsMutations);
}

TEST(TfjsMutation, OfAShardIsRefusedOrEnlarges)
{
    tests::SmallTfjs small;
    const std::string sample = small.shards.at("b.bin");
    fuzz::expectRobust(
        sample,
        [&](const std::string& bytes) {
            small.shards["b.bin"] = bytes;
            return fuzz::errorOf(enlarge(small.read()));
        },
        kTfjsMutations);
}

// One setting, name, size or number of the network at a time, set to something else that is valid
// JSON: the text alone mostly stops at its syntax. What is not refused changes nothing: the names
// of programs, the settings of training.
TEST(TfjsMutation, OfASingleValueIsRefusedOrChangesNothing)
{
    const tests::SmallTfjs small;
    const Json json = small.json(), flat = json.flatten();
    const auto intact = enlarge(small.read()).value().image.values;
    const Json others[] = {nullptr,       true, -1,   0,     1,     2,      1.5,
                           1 << 30,       "",   "LR", "F_0", "Add", "same", Json::array(),
                           Json::object()};
    int refused = 0;
    for (const auto& [path, before] : flat.items())
        for (const Json& other : others) {
            Json edited = json;
            edited[Json::json_pointer(path)] = other;
            const auto enlarged = enlarge(small.readText(edited.dump()));
            if (enlarged) {
                EXPECT_EQ(enlarged->image.values, intact) << path << ": " << other;
                continue;
            }
            ++refused;
            const std::string& message = enlarged.error().message;
            ASSERT_TRUE(!message.empty() && message.find('\n') == std::string::npos) << path;
        }
    EXPECT_GT(refused, 3000);
}

} // namespace
} // namespace vitrine
