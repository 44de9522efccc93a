#include "core/learning/tasks/test_pictures.h"

#include "core/learning/nets/training/prepared_data.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

// A BMP of one row of pixels, 24 bit.
void writeRow(const fs::path& path, const std::vector<uint8_t>& rgb)
{
    fs::create_directories(path.parent_path());
    const auto width = static_cast<uint8_t>(rgb.size() / 3),
               row = static_cast<uint8_t>((rgb.size() + 3) / 4 * 4);
    std::vector<uint8_t> file(54, 0);
    file[0] = 'B', file[1] = 'M', file[2] = static_cast<uint8_t>(54 + row);
    file[10] = 54, file[14] = 40, file[18] = width, file[22] = 1, file[26] = 1, file[28] = 24;
    for (size_t i = 0; i < rgb.size(); i += 3)
        file.insert(file.end(), {rgb[i + 2], rgb[i + 1], rgb[i]});
    file.resize(54u + row, 0);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
}

class TestSet : public testing::Test
{
protected:
    void SetUp() override
    {
        folder_ =
            fs::temp_directory_path() / ("vitrine-test-pictures-" + std::to_string(::getpid()));
    }
    void TearDown() override { fs::remove_all(folder_); }
    std::string at(const std::string& name) const { return (folder_ / name).string(); }

    fs::path folder_;
};

TEST_F(TestSet, LiesOneAfterAnotherUnderTheirNames)
{
    writeRow(at("set/x2/b_LR.bmp"), {1, 2, 3});
    writeRow(at("set/x2/a_HR.bmp"), {10, 20, 30, 40, 50, 60});
    std::ofstream(at("set/readme.txt")) << "no picture";

    const std::string table = prepareTestPictures(at("set"), at("out"));

    EXPECT_EQ(table, "name\twidth\theight\toffset\tuse\n"
                     "a_HR.bmp\t2\t1\t0\ttest\n"
                     "b_LR.bmp\t1\t1\t6\ttest\n");
    std::ifstream in(at("out/pictures.rgb"), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes, std::string("\x0a\x14\x1e\x28\x32\x3c\x01\x02\x03"));
    EXPECT_EQ(preparedPictures(at("out"), "test", bytes.size()).size(), 2u); // as the nets read it
}

TEST_F(TestSet, IsRefusedWhereNamesAreTwiceOrNoneIsThere)
{
    EXPECT_THROW(prepareTestPictures(at("absent"), at("out")), std::runtime_error);
    writeRow(at("set/x2/a.bmp"), {1, 2, 3});
    writeRow(at("set/x3/a.bmp"), {1, 2, 3});

    EXPECT_THROW(prepareTestPictures(at("set"), at("out")), std::runtime_error);
    EXPECT_FALSE(fs::exists(at("out/pictures.tsv")));
}

} // namespace
} // namespace vitrine::learning
