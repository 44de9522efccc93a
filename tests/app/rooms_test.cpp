// Every room with runs as the store gives them back: a stored run looks as a fresh one does, and
// one, two or eight runs are shown beside each other, of different inputs, failed and cancelled
// ones among them.
#include "app/plugin_rooms.h"

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/generic_view.h"
#include "core/base/hash.h"
#include "core/jobs/bundle.h"
#include "core/jobs/guarded_run.h"
#include "core/store/store.h"
#include "tests/support/fake_context.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace vitrine
{
namespace
{

using Values = std::map<std::string, std::string>;

struct Question {
    const char* experiment;
    std::vector<Values>
        variants;               // at least two; FOLDER stands for the folder with the test's files
    const char* neighbour = ""; // another experiment of the room, whose runs may come along
};

void PrintTo(const Question& question, std::ostream* out)
{
    *out << question.experiment;
}

// A clip of 64 x 48 grey-scaled frames that move.
void writeClip(const QString& path, int shift)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("YUV4MPEG2 W64 H48 F25:1 Ip C420jpeg\n");
    for (int frame = 0; frame < 6; ++frame) {
        file.write("FRAME\n");
        QByteArray luma(64 * 48, 0);
        for (int i = 0; i < luma.size(); ++i)
            luma[i] =
                static_cast<char>(40 + (i % 64 * 3 + i / 64 * 2 + frame * 5 + i * i % shift) % 160);
        file.write(luma);
        file.write(QByteArray(2 * 32 * 24, static_cast<char>(128)));
    }
}

void writeText(const QString& path, const char* text)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(text);
}

class Rooms : public testing::TestWithParam<Question>
{
protected:
    Rooms()
    {
        writeClip(folder.filePath("a.y4m"), 7);
        writeClip(folder.filePath("b.y4m"), 31);
        writeText(folder.filePath("bd.json"),
                  R"({"anchor": {"rate": [100, 200, 400, 800], "quality": [30, 33, 36, 39]},
                      "test": {"rate": [90, 180, 350, 700], "quality": [30.5, 33.4, 36.2, 39.3]}})");
        writeText(
            folder.filePath("texts.jsonl"),
            "{\"text\": \"Once upon a time there was a little girl who went to the park.\"}\n");
    }

    Plugin& plugin()
    {
        const std::string id = GetParam().experiment;
        for (const RoomInfo& info : rooms.rooms())
            if (info.experiments.contains(QString::fromStdString(id)))
                return **rooms.load(info.id);
        throw std::runtime_error("no room for " + id);
    }

    RunRecord run(const std::string& experiment, Values given)
    {
        for (auto& [name, value] : given)
            if (const auto at = value.find("FOLDER"); at != value.npos)
                value.replace(at, 6, folder.path().toStdString());
        for (const auto& made : plugin().createExperiments()) {
            if (made->info().id != experiment)
                continue;
            const auto params = resolveParams(*made, given);
            EXPECT_TRUE(params.has_value()) << (params ? "" : params.error().message);
            // By way of a bundle, as a worker gives it: infinity is "no value" from here on.
            const std::filesystem::path bundle =
                folder.filePath(QString("bundle%1").arg(++count)).toStdString();
            std::filesystem::create_directories(bundle / "artifacts");
            QuietProgress progress(bundle / "artifacts");
            RunRecord record = guardedRun(*made, "test", params.value_or(Params()), progress);
            record.uid = newUid();
            EXPECT_EQ(record.state, RunState::done) << record.error;
            EXPECT_TRUE(writeBundle(bundle, record));
            const auto read = readBundle(bundle);
            EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
            return read.value_or(record);
        }
        throw std::runtime_error("no experiment " + experiment);
    }

    View* newView()
    {
        View* view = plugin().createView(GetParam().experiment, context, nullptr);
        if (view == nullptr)
            view = new GenericView(context, nullptr);
        view->resize(1100, 760);
        view->show();
        return view;
    }

    // What the view shows once it does not change any more.
    static QImage settled(View& view)
    {
        QImage before;
        for (int same = 0, tries = 0; same < 3 && tries < 200; ++tries) {
            QTest::qWait(70);
            const QImage now = view.grab().toImage();
            same = now == before ? same + 1 : 0;
            before = now;
        }
        return before;
    }

    RunHandle stored(const RunRecord& record)
    {
        const auto number = store.import(record);
        EXPECT_TRUE(number.has_value()) << (number ? "" : number.error().message);
        return std::make_shared<const RunRecord>(store.load(number.value_or(0)).value());
    }

    QTemporaryDir folder;
    Store store = Store::open(folder.filePath("w.vitrine").toStdString()).value();
    PluginRooms rooms;
    tests::FakeContext context;
    int count = 0;
};

TEST_P(Rooms, AStoredRunLooksAsAFreshOne)
{
    RunRecord fresh = run(GetParam().experiment, GetParam().variants.front());
    const RunHandle back = stored(fresh);
    fresh.number = back->number; // the window shows a run when the store has numbered it

    // On a busy machine a map may still be on its way when nothing has moved for a while: look again.
    bool same = false;
    for (int tries = 0; !same && tries < 5; ++tries) {
        const std::unique_ptr<View> one(newView());
        one->setRuns({std::make_shared<const RunRecord>(fresh)});
        const QImage before = settled(*one);
        const std::unique_ptr<View> two(newView());
        two->setRuns({back});
        same = !before.isNull() && before == settled(*two);
        EXPECT_EQ(one->title(), two->title());
    }
    EXPECT_TRUE(same);
}

TEST_P(Rooms, ViewsSurviveEveryComparison)
{
    const Question& question = GetParam();
    std::vector<RunHandle> good;
    for (const Values& variant : question.variants)
        good.push_back(stored(run(question.experiment, variant)));
    RunRecord broken;
    broken.uid = newUid();
    broken.experiment = question.experiment;
    broken.params = good.front()->params;
    broken.started = "2026-05-01T12:00:00.000Z";
    broken.state = RunState::failed;
    broken.error = "cannot read the file: it ends within byte 12";
    const RunHandle failed = stored(broken);
    broken.uid = newUid();
    broken.state = RunState::cancelled;
    broken.error = "cancelled";
    const RunHandle cancelled = stored(broken);
    broken.uid = newUid();
    broken.params = {};
    broken.experiment = *question.neighbour != 0 ? question.neighbour : question.experiment;
    const RunHandle stranger = stored(broken);

    const std::vector<std::vector<RunHandle>> comparisons = {
        {good[0]},
        {good[0], good[1]},
        {failed},
        {good[0], failed},
        {cancelled, good[1]},
        {good[0], good[1], failed, cancelled, good[0], stranger, good[1], good[0]},
        {},
        {good[1]}};
    const std::unique_ptr<View> view(newView());
    for (const auto& runs : comparisons) {
        SCOPED_TRACE(runs.size());
        view->setRuns(runs);
        const QImage shown = settled(*view);
        EXPECT_FALSE(shown.isNull());
        const QJsonObject state = view->state();
        view->setState(state);
        EXPECT_EQ(view->state(), state);
        if (!runs.empty() && runs.front()->state == RunState::done) {
            EXPECT_FALSE(view->title().isEmpty());
        }
        std::vector<RunRecord> records;
        for (const RunHandle& each : runs)
            records.push_back(*each);
        for (const figure::Figure& figure : plugin().figures(records, state))
            EXPECT_FALSE(figure.name.empty());
        (void)view->figures();
    }
}

std::string nameOf(const testing::TestParamInfo<Question>& question)
{
    std::string name = question.param.experiment;
    std::ranges::replace(name, '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(
    All, Rooms,
    testing::Values(
        Question{"attention.capture",
                 {{{"prompt", "Once upon a time there was a fox."}},
                  {{"prompt", "The president said that peace needs patience and a plan."}}},
                 "attention.import"},
        Question{"model.forward",
                 {{{"prompt", "A fox."}}, {{"prompt", "The old man and the sea."}}}},
        Question{
            "model.generate",
            {{{"prompt", "Once"}, {"max_tokens", "4"}}, {{"prompt", "The"}, {"max_tokens", "5"}}}},
        Question{"calibration.tune",
                 {{{"prompt", "Once upon a time there was a fox."}},
                  {{"prompt", "The president said that peace needs a plan."}, {"beta", "0.7"}}},
                 "calibration.evaluate"},
        Question{"calibration.evaluate",
                 {{{"limit", "3"}, {"controls", "1"}},
                  {{"limit", "4"}, {"controls", "1"}, {"beta", "1"}}},
                 "calibration.search"},
        Question{"accelerators.simulate",
                 {{{"accelerator", "systolic"}, {"workload", "deit-tiny"}},
                  {{"accelerator", "vitality"}, {"workload", "efficientvit-b1@224"}}},
                 "accelerators.sweep"},
        Question{"video.metrics",
                 {{{"reference", "FOLDER/a.y4m"}, {"test", "FOLDER/b.y4m"}},
                  {{"reference", "FOLDER/b.y4m"}, {"test", "FOLDER/b.y4m"}}},
                 "video.bd"},
        Question{"video.compare",
                 {{{"reference", "FOLDER/a.y4m"},
                   {"codecs", "mpeg4:q=4,8,12,16;mpeg2:q=4,8,12,16"},
                   {"cache", "false"}},
                  {{"reference", "FOLDER/b.y4m"}, {"codecs", "mpeg4:q=6"}, {"cache", "false"}}},
                 "video.metrics"},
        Question{"video.bd",
                 {{{"file", "FOLDER/bd.json"}}, {{"file", "FOLDER/bd.json"}, {"method", "cubic"}}}},
        Question{"learning.score",
                 {{{"texts", "FOLDER/texts.jsonl"}, {"lengths", "8"}},
                  {{"texts", "FOLDER/texts.jsonl"}, {"lengths", "16"}}},
                 "learning.train"}),
    nameOf);

} // namespace
} // namespace vitrine
