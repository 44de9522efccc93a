#include "core/tensor/safetensors.h"

#include "core/base/file.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>

namespace vitrine
{
namespace
{

using testing::HasSubstr;

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-{}", ::getpid());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

std::string withLength(std::string header, std::string data,
                       std::optional<std::uint64_t> length = {})
{
    const std::uint64_t n = length.value_or(header.size());
    std::string file(8, '\0');
    std::memcpy(file.data(), &n, 8);
    return file + header + data;
}

Result<SafetensorsHeader> parse(const std::string& file)
{
    return parseSafetensorsHeader(std::as_bytes(std::span(file)), file.size(), "x.safetensors");
}

std::string whyRefused(const std::string& file)
{
    const auto parsed = parse(file);
    return parsed ? "accepted" : parsed.error().message;
}
std::string whyHeaderRefused(const std::string& header, std::size_t dataBytes = 4)
{
    return whyRefused(withLength(header, std::string(dataBytes, 'x')));
}

std::string tensor(std::string name, std::string fields)
{
    return fmt::format(R"("{}":{{{}}})", name, fields);
}
const std::string kOne = R"("dtype":"U8","shape":[4],"data_offsets":[0,4])";

TEST(SafetensorsHeader, ReadsEntriesAndMetadata)
{
    const auto parsed = parse(withLength(
        R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,1],"data_offsets":[4,8]},)"
        R"("b":{"shape":[],"data_offsets":[0,4],"dtype":"F32"},"c":{"dtype":"I64","shape":[0,9],"data_offsets":[8,8]}}   )",
        "12345678"));

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->metadata.at("format"), "pt");
    ASSERT_EQ(parsed->entries.size(), 3u);
    EXPECT_EQ(parsed->entries.at("a").type, DType::f16);
    EXPECT_EQ(parsed->entries.at("a").shape, (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(parsed->entries.at("a").begin, 4u);
    EXPECT_TRUE(parsed->entries.at("b").shape.empty());
    EXPECT_EQ(parsed->entries.at("c").end, 8u);
}

TEST(SafetensorsHeader, AcceptsAFileWithoutTensors)
{
    EXPECT_EQ(whyHeaderRefused("{}", 0), "accepted");
}

TEST(SafetensorsHeader, RefusesBrokenLengths)
{
    EXPECT_THAT(whyRefused(""), HasSubstr("shorter than the 8 bytes"));
    EXPECT_THAT(whyRefused("1234567"), HasSubstr("shorter than the 8 bytes"));
    EXPECT_THAT(whyRefused(withLength("{}", "", 3)), HasSubstr("is it complete?"));
    EXPECT_THAT(whyRefused(withLength("{}", "", 100'000'001)), HasSubstr("at most 100000000"));
    EXPECT_THAT(whyRefused(withLength("{}", "", ~std::uint64_t{0})),
                HasSubstr("at most 100000000"));
    EXPECT_THAT(whyRefused(withLength("", "")), HasSubstr("does not begin with '{'"));
}

TEST(SafetensorsHeader, RefusesWhatIsNotStrictJson)
{
    EXPECT_THAT(whyHeaderRefused(" {" + tensor("a", kOne) + "}"),
                HasSubstr("does not begin with '{'"));
    EXPECT_THAT(whyHeaderRefused("{" + tensor("a", kOne)), HasSubstr("not valid JSON"));
    EXPECT_THAT(whyHeaderRefused("{" + tensor("a", kOne) + "}x"), HasSubstr("not valid JSON"));
    EXPECT_THAT(whyHeaderRefused("{" + tensor("a", kOne) + "}" + std::string(1, '\0')),
                HasSubstr("zero byte"));
    EXPECT_THAT(whyHeaderRefused("{" + tensor("\xff", kOne) + "}"), HasSubstr("not valid JSON"));
    EXPECT_THAT(whyHeaderRefused("{" + tensor("\xed\xa0\x80", kOne) + "}"),
                HasSubstr("not valid JSON"));
    EXPECT_THAT(whyHeaderRefused(std::string(100000, '{')), HasSubstr("cannot read"));
    EXPECT_THAT(whyHeaderRefused("{\"a\":" + std::string(100000, '[')), HasSubstr("cannot read"));
}

TEST(SafetensorsHeader, RefusesDuplicates)
{
    EXPECT_THAT(whyHeaderRefused("{" + tensor("a", kOne) + "," + tensor("a", kOne) + "}"),
                HasSubstr("occurs twice"));
    EXPECT_THAT(whyHeaderRefused("{" + tensor("a", kOne + R"(,"dtype":"U8")") + "}"),
                HasSubstr("occurs twice"));
    EXPECT_THAT(
        whyHeaderRefused(R"({"__metadata__":{},"__metadata__":{},)" + tensor("a", kOne) + "}"),
        HasSubstr("occurs twice"));
    EXPECT_THAT(whyHeaderRefused(R"({"__metadata__":{"k":"1","k":"2"},)" + tensor("a", kOne) + "}"),
                HasSubstr("occurs twice"));
}

TEST(SafetensorsHeader, TakesNoMetadataAndNamesWhatIsNoText)
{
    const auto withMetadata = [](std::string_view value) {
        return whyHeaderRefused(
            fmt::format(R"({{"__metadata__":{},{}}})", value, tensor("a", kOne)));
    };
    EXPECT_EQ(withMetadata("null"), "accepted");
    EXPECT_EQ(withMetadata("{}"), "accepted");
    EXPECT_EQ(withMetadata(R"({"format":"pt"})"), "accepted");
    for (const auto& [value, what] : {std::pair{"3", "a number"},
                                      {"-3", "a number"},
                                      {"0.5", "a number"},
                                      {"null", "null"},
                                      {"true", "true or false"},
                                      {"{}", "an object"},
                                      {"[]", "a list"}}) {
        EXPECT_THAT(withMetadata(fmt::format(R"({{"format":"pt","epoch":{}}})", value)),
                    HasSubstr(fmt::format("\"__metadata__\" holds {} under \"epoch\"", what)));
        if (value != std::string_view("null") && value != std::string_view("{}")) {
            EXPECT_THAT(withMetadata(value),
                        HasSubstr(fmt::format("\"__metadata__\" is {}, an object", what)));
        }
    }
}

TEST(SafetensorsHeader, RefusesWrongFields)
{
    const auto refused = [](std::string fields) {
        return whyHeaderRefused("{" + tensor("a", fields) + "}");
    };
    EXPECT_THAT(refused(R"("dtype":"F4","shape":[8],"data_offsets":[0,4])"),
                HasSubstr("unsupported type \"F4\""));
    EXPECT_THAT(refused(R"("dtype":"F6_E3M2","shape":[4],"data_offsets":[0,4])"),
                HasSubstr("unsupported type"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4.0],"data_offsets":[0,4])"),
                HasSubstr("not a whole number"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":[0,4e0])"),
                HasSubstr("not a whole number"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":[-1,4])"),
                HasSubstr("negative"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[-4],"data_offsets":[0,4])"),
                HasSubstr("negative"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":[0,18446744073709551620])"),
                HasSubstr("not a whole number"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":["0",4])"), HasSubstr("no"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":[0,4,4])"),
                HasSubstr("more than two offsets"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":[4])"), HasSubstr("lacks"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4])"), HasSubstr("lacks"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[[4]],"data_offsets":[0,4])"), HasSubstr("list"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":{},"data_offsets":[0,4])"), HasSubstr("object"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":null,"data_offsets":[0,4])"), HasSubstr("null"));
    EXPECT_THAT(refused(kOne + R"(,"extra":"1")"), HasSubstr("unknown"));
    EXPECT_THAT(whyHeaderRefused(R"({"a":3})"), HasSubstr("number"));
    EXPECT_THAT(whyHeaderRefused(R"({"__metadata__":{"k":1}})"), HasSubstr("number"));
}

TEST(SafetensorsHeader, RefusesSizesThatDoNotMatch)
{
    const auto refused = [](std::string fields) {
        return whyHeaderRefused("{" + tensor("a", fields) + "}");
    };
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[5],"data_offsets":[0,4])"),
                HasSubstr("needs 5 bytes"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4],"data_offsets":[4,0])"),
                HasSubstr("needs 4 bytes"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4])"),
                HasSubstr("too large"));
    EXPECT_THAT(refused(R"("dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,4])"),
                HasSubstr("too large"));
    EXPECT_THAT(refused(R"("dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,4])"),
                HasSubstr("size of"));
}

TEST(SafetensorsHeader, RefusesGapsAndOverlaps)
{
    const auto two = [](int begin, std::size_t bytes) {
        return whyHeaderRefused(
            "{" + tensor("a", kOne) + "," +
                tensor("b", fmt::format(R"("dtype":"U8","shape":[4],"data_offsets":[{},{}])", begin,
                                        begin + 4)) +
                "}",
            bytes);
    };
    EXPECT_EQ(two(4, 8), "accepted");
    EXPECT_THAT(two(5, 9), HasSubstr("a gap"));
    EXPECT_THAT(two(3, 7), HasSubstr("an overlap"));
    EXPECT_THAT(two(0, 4), HasSubstr("an overlap"));
    EXPECT_THAT(two(4, 9), HasSubstr("end at byte 8"));
    EXPECT_THAT(two(4, 7), HasSubstr("end at byte 8"));
}

TEST(SafetensorsHeader, ErrorsAreOneLine)
{
    const auto why = whyHeaderRefused(
        "{" + tensor("a\\nb\\u0007", R"("dtype":"\r\n","shape":[4],"data_offsets":[0,4])") + "}");
    EXPECT_EQ(why.find('\n'), std::string::npos);
    EXPECT_THAT(why, HasSubstr("a?b?"));
}

NamedTensor named(std::string name, DType type, std::vector<std::int64_t> shape,
                  const std::string& bytes)
{
    return {std::move(name), {type, std::move(shape), std::as_bytes(std::span(bytes))}};
}

TEST(WriteSafetensors, ReadsBackAndIsDeterministic)
{
    const Folder folder;
    const std::string eight = "abcdefgh", two = "12", none;
    std::vector<NamedTensor> tensors{
        named("z\"\n", DType::f16, {1}, two), named("b", DType::f64, {}, eight),
        named("a", DType::f32, {2}, eight), named("e", DType::f32, {0}, none)};

    ASSERT_TRUE(writeSafetensors(folder.path / "one", tensors, {{"format", "pt"}}));
    std::ranges::reverse(tensors);
    ASSERT_TRUE(writeSafetensors(folder.path / "two", tensors, {{"format", "pt"}}));

    const auto first = readFile(folder.path / "one", 1 << 20),
               second = readFile(folder.path / "two", 1 << 20);
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, *second);
    const auto opened = Safetensors::open(folder.path / "one");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->metadata().at("format"), "pt");
    EXPECT_EQ(opened->entries().at("b").begin, 0u); // widest first
    EXPECT_EQ(opened->entries().at("a").begin, 8u);
    EXPECT_EQ(opened->entries().at("z\"\n").begin, 16u);
    const auto view = opened->tensor("a");
    ASSERT_TRUE(view);
    EXPECT_EQ(std::memcmp(view->bytes.data(), eight.data(), 8), 0);
    EXPECT_EQ(view->elements(), 2);
    EXPECT_FALSE(opened->tensor("nothing"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}),
              2); // nothing temporary is left
}

TEST(WriteSafetensors, RefusesWhatItsReaderWould)
{
    const Folder folder;
    const std::string four = "1234";
    const auto refused = [&](std::vector<NamedTensor> tensors) {
        const auto written = writeSafetensors(folder.path / "x", std::move(tensors));
        return written ? "accepted" : written.error().message;
    };
    EXPECT_THAT(refused({named("a", DType::u8, {4}, four), named("a", DType::f32, {1}, four)}),
                HasSubstr("twice"));
    EXPECT_THAT(refused({named("a", DType::f32, {2}, four)}), HasSubstr("does not need"));
    EXPECT_THAT(refused({named("__metadata__", DType::f32, {1}, four)}), HasSubstr("__metadata__"));
    EXPECT_THAT(refused({named("\xff", DType::f32, {1}, four)}), HasSubstr("UTF-8"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path));
}

TEST(Safetensors, OpensTheGoldenFiles)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    if (!data)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    int files = 0;
    for (const auto& item :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(data) / "golden")) {
        if (item.path().extension() != ".safetensors")
            continue;
        const auto opened = Safetensors::open(item.path());
        EXPECT_TRUE(opened) << opened.error().message;
        ++files;
    }
    EXPECT_GT(files, 10);
}

} // namespace
} // namespace vitrine
