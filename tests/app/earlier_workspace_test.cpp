// A workspace that an earlier build of the program made (tests/golden/workspace): its runs are
// exported word for word as that build exported them, are shown, verified, and give the same
// values again.
#include "tests/app/room_runs.h"

#include "core/store/compression.h"
#include "tests/support/golden.h"
#include "tests/support/settled_view.h"
#include "tests/support/started_program.h"
#include "tests/support/temporary_folder.h"

#include <fstream>
#include <iterator>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

std::string bytesOf(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// "pair-1-2.tex.zst" and "1.tex.zst": the runs of an export.
std::vector<std::string> runsOf(const fs::path& exported)
{
    std::string name = exported.filename().string();
    name = name.substr(0, name.find('.'));
    std::vector<std::string> runs;
    for (std::size_t at = name.starts_with("pair-") ? 5 : 0; at < name.size();) {
        const std::size_t end = std::min(name.find('-', at), name.size());
        runs.push_back(name.substr(at, end - at));
        at = end + 1;
    }
    return runs;
}

// Where two texts part, in words.
std::string firstDifference(const std::string& was, const std::string& is)
{
    const auto [a, b] = std::ranges::mismatch(was, is);
    const auto line = 1 + std::count(was.begin(), a, '\n');
    const auto around = [](const std::string& text, std::size_t at) {
        const std::size_t begin = text.rfind('\n', at == 0 ? 0 : at - 1);
        return text.substr(begin == text.npos ? 0 : begin + 1, 160);
    };
    return fmt::format("line {}\n was: {}\n is:  {}", line,
                       around(was, static_cast<std::size_t>(a - was.begin())),
                       around(is, static_cast<std::size_t>(b - is.begin())));
}

class EarlierWorkspace : public testing::Test, protected tests::RoomRuns
{
protected:
    void SetUp() override
    {
        const auto golden = tests::goldenData("workspace");
        if (!golden)
            GTEST_SKIP() << "neither VITRINE_GOLDEN nor VITRINE_TEST_DATA has the workspace";
        exports = *golden / "exports";
        fs::copy(*golden, copy.path / "study", fs::copy_options::recursive);
        workspace = copy.path / "study/before.vitrine";
    }

    tests::Ended vitrine(std::vector<std::string> words) const
    {
        words.insert(words.begin(), VITRINE_PROGRAM);
        words.insert(words.end(), {"--workspace", workspace.string()});
        return tests::StartedProgram(copy.path, std::move(words)).wait();
    }

    std::vector<RunHandle> allRuns() const
    {
        std::vector<RunHandle> runs;
        const auto store = Store::open(workspace);
        EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().message);
        for (std::int64_t number = 1; store && number <= 18; ++number) {
            const auto run = store->load(number);
            EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().message);
            if (run)
                runs.push_back(std::make_shared<const RunRecord>(*run));
        }
        return runs;
    }

    tests::TemporaryFolder copy;
    fs::path workspace, exports;
};

TEST_F(EarlierWorkspace, IsExportedWordForWord)
{
    int compared = 0;
    for (const auto& entry : fs::directory_iterator(exports)) {
        SCOPED_TRACE(entry.path().filename().string());
        const auto was = decompressed(bytesOf(entry.path()), 1 << 20);
        ASSERT_TRUE(was.has_value()) << was.error().message;
        // Figures are named by the file.
        const fs::path file = copy.path / entry.path().stem();
        std::vector<std::string> words = {"report"};
        for (const std::string& run : runsOf(entry.path()))
            words.push_back(run);
        words.insert(words.end(), {"--to", file.string()});

        const auto ended = vitrine(words);

        ASSERT_EQ(ended.code, 0) << ended.errors;
        const std::string is = bytesOf(file);
        EXPECT_TRUE(is == *was) << firstDifference(*was, is);
        ++compared;
    }
    EXPECT_EQ(compared, 20);
}

TEST_F(EarlierWorkspace, IsShown)
{
    const auto runs = allRuns();
    ASSERT_EQ(runs.size(), 18u);
    for (const RunHandle& run : runs) {
        SCOPED_TRACE(fmt::format("run {}, {}", run->number, run->experiment));
        tests::FakeContext context;
        const std::unique_ptr<View> view(newView(run->experiment, context));

        view->setRuns({run});

        EXPECT_TRUE(QTest::qWaitFor([&] { return tests::isSettled(*view, context); }, 60'000));
        EXPECT_FALSE(view->grab().isNull());
        if (run->state == RunState::done) {
            EXPECT_FALSE(view->title().isEmpty());
        }
    }
}

TEST_F(EarlierWorkspace, IsVerified)
{
    for (int run = 1; run <= 18; ++run) {
        const auto ended = vitrine({"runs", "verify", std::to_string(run)});
        EXPECT_EQ(ended.code, 0) << run << ": " << ended.output << ended.errors;
    }
}

// Simulators count in whole numbers and a few products: alike on every processor.
TEST_F(EarlierWorkspace, GivesTheSameValuesAgain)
{
    for (const char* run : {"8", "9", "10", "11", "12"}) {
        const auto ended = vitrine({"runs", "rerun", run});
        EXPECT_EQ(ended.code, 0) << ended.errors;
        EXPECT_NE((ended.output + ended.errors).find("all computed values equal those of run"),
                  std::string::npos)
            << run << ": " << ended.output << ended.errors;
    }
}

} // namespace
} // namespace vitrine
