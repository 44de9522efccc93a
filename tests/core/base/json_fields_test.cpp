#include "core/base/json_fields.h"

#include "core/base/json.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

std::string whyFieldsRefused(const char* text)
{
    const Json json = Json::parse(text);
    JsonFields fields(json, "a.json");
    fields.integer("bits", 1, 8);
    fields.text("name");
    fields.refuseOthers();
    const auto done = fields.done();
    return done ? "accepted" : done.error().message;
}

TEST(JsonFields, AFieldThatNobodyAskedForIsRefusedWithTheNearest)
{
    EXPECT_EQ(whyFieldsRefused(R"({"bits": 3, "name": "a"})"), "accepted");
    EXPECT_EQ(whyFieldsRefused(R"({})"), "accepted");
    EXPECT_EQ(whyFieldsRefused(R"({"bits": 3, "nme": "a"})"),
              "cannot read a.json: unknown key \"nme\"; did you mean \"name\"?");
    EXPECT_EQ(whyFieldsRefused(R"({"bits": 3, "colour": "a"})"),
              "cannot read a.json: unknown key \"colour\"; known are bits, name");
    EXPECT_EQ(whyFieldsRefused(R"({"a\nb": 3})"),
              "cannot read a.json: unknown key \"a\\nb\"; known are bits, name");
    EXPECT_EQ(whyFieldsRefused(R"({"bits": 9, "nme": "a"})"),
              "cannot read a.json: \"bits\" is out of range"); // the first problem
}

} // namespace
} // namespace vitrine
