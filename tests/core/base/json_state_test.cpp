#include "core/base/json_state.h"

#include "core/base/json.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

const Json kState = {{"clip", 0.2}, {"rows", 7.9}, {"name", "log"}, {"on", true}, {"list", {1, 2}}};

TEST(JsonState, ReadsWhatIsThere)
{
    EXPECT_EQ(numberIn(kState, "clip", 0, 1, 0.1), 0.2);
    EXPECT_EQ(wholeIn(kState, "rows", 0, 10, 3), 7);
    EXPECT_EQ(textIn(kState, "name"), "log");
    EXPECT_TRUE(flagIn(kState, "on", false));
    EXPECT_EQ(listIn(kState, "list").size(), 2u);
}

TEST(JsonState, AnythingElseIsTheFallback)
{
    for (const Json& state : {kState, Json(), Json(3), Json::array({1})}) {
        EXPECT_EQ(numberIn(state, "missing", 0, 1, 0.1), 0.1);
        EXPECT_EQ(numberIn(state, "name", 0, 1, 0.1), 0.1);
        EXPECT_EQ(numberIn(state, "rows", 0, 1, 0.1), 0.1) << "out of range";
        EXPECT_EQ(wholeIn(state, "rows", 8, 10, 3), 3);
        EXPECT_EQ(textIn(state, "clip"), "");
        EXPECT_FALSE(flagIn(state, "clip", false));
        EXPECT_TRUE(listIn(state, "clip").empty());
        EXPECT_TRUE(partIn(state, "missing").is_null());
    }
}

} // namespace
} // namespace vitrine
