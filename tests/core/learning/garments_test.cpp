#include "core/learning/tasks/garments.h"

#include "core/learning/nets/training/prepared_data.h"

#include <gmock/gmock.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string idxNumber(uint32_t n)
{
    return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
            static_cast<char>(n)};
}

// A folder as packaging/fetch leaves it, with two pictures in each part.
class Garments : public testing::Test
{
protected:
    void SetUp() override
    {
        fs::remove_all(root_);
        fs::create_directories(from_);
        std::ofstream(packages_ / "versions.tsv") << "dataset-fashion-mnist\t1.2-3\tdeb\n";
        for (const std::string part : {"train", "t10k"}) {
            zip(part + "-images-idx3-ubyte", images(2));
            zip(part + "-labels-idx1-ubyte", labels("\1\11"));
        }
    }
    void TearDown() override { fs::remove_all(root_); }

    static std::string images(uint32_t count)
    {
        return std::string("\0\0\10\3", 4) + idxNumber(count) + idxNumber(28) + idxNumber(28) +
               std::string(count * 28 * 28, 'p');
    }
    static std::string labels(const std::string& values)
    {
        return std::string("\0\0\10\1", 4) + idxNumber(static_cast<uint32_t>(values.size())) +
               values;
    }
    void zip(const std::string& name, const std::string& bytes)
    {
        const gzFile file = gzopen((from_ / (name + ".gz")).c_str(), "wb");
        gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        gzclose(file);
    }
    std::string prepare() { return prepareGarments(packages_.string(), out_.string()); }
    std::string refusal()
    {
        try {
            prepare();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }
    std::string written(const std::string& name)
    {
        std::ifstream in(out_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    const fs::path root_ = fs::path(testing::TempDir()) / ("garments-" + std::to_string(getpid()));
    const fs::path packages_ = root_ / "packages", out_ = root_ / "out",
                   from_ = packages_ / "dataset-fashion-mnist/usr/share/datasets/fashion-mnist";
};

TEST_F(Garments, AreUnpackedAsTheyAre)
{
    const std::string table = prepare();

    EXPECT_EQ(written("train-images-idx3-ubyte"), images(2));
    EXPECT_EQ(written("t10k-labels-idx1-ubyte"), labels("\1\11"));
    EXPECT_EQ(table, "package\tversion\tlicence\tpictures\tmegapixels\n"
                     "dataset-fashion-mnist\t1.2-3\tMIT\t4\t0.00\n");
    EXPECT_EQ(written("sources.tsv"), table);
    EXPECT_THAT(sourcesInMarkdown((out_ / "sources.tsv").string()), // as the nets read it
                HasSubstr("| dataset-fashion-mnist | 1.2-3 | MIT | 4 | 0.00 |"));
}

TEST_F(Garments, WithANumberTooManyOrTooFewAreRefusedByName)
{
    zip("train-labels-idx1-ubyte", labels("\1"));
    EXPECT_THAT(refusal(), HasSubstr("train-labels-idx1-ubyte.gz has 1 labels for 2 pictures"));

    zip("train-labels-idx1-ubyte", labels("\1\12"));
    EXPECT_THAT(refusal(), HasSubstr("train-labels-idx1-ubyte.gz has a label above 9"));

    zip("train-images-idx3-ubyte", images(2) + "p");
    EXPECT_THAT(refusal(),
                HasSubstr("train-images-idx3-ubyte.gz holds 1585 bytes, its head says 1584"));
}

TEST_F(Garments, ThatBreakOffAreRefusedAndLeaveNothing)
{
    const fs::path file = from_ / "train-images-idx3-ubyte.gz";
    fs::resize_file(file, fs::file_size(file) - 6);

    EXPECT_THAT(refusal(), HasSubstr("train-images-idx3-ubyte.gz is no whole gzip file"));
    EXPECT_TRUE(fs::is_empty(out_));

    fs::remove(file);
    EXPECT_THAT(refusal(), HasSubstr("packaging/fetch"));
}

TEST(IdxHead, IsRefusedWhereItsSizesAreNoSizes)
{
    const auto bytes = [](const std::string& text) {
        return std::vector<uint8_t>(text.begin(), text.end());
    };
    const std::string magic("\0\0\10\3", 4);

    EXPECT_EQ(idxHead(bytes(magic + idxNumber(7) + idxNumber(2) + idxNumber(3)), 3).dataBytes, 42u);
    EXPECT_THROW(
        idxHead(bytes(magic + idxNumber(1u << 31) + idxNumber(1u << 31) + idxNumber(4)), 3),
        std::runtime_error);
    EXPECT_THROW(idxHead(bytes(magic + idxNumber(1)), 3), std::runtime_error);
    EXPECT_THROW(idxHead(bytes(std::string("\0\0\11\3", 4) + std::string(12, '\1')), 3),
                 std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
