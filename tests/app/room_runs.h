#pragma once

// Real, small runs of every room, as workers make them: what tests of the rooms show.
#include "app/plugins/plugin_rooms.h"

#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include "app/window/generic_view.h"
#include "core/base/hash.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/worker/guarded_run.h"
#include "core/store/store.h"
#include "tests/support/fake_context.h"

#include <filesystem>
#include <stdexcept>

namespace vitrine::tests
{

using Values = std::map<std::string, std::string>;

struct Question {
    const char* experiment;
    std::vector<Values>
        variants;               // at least two; FOLDER stands for the folder with the test's files
    const char* neighbour = ""; // another experiment of the room, whose runs may come along
};

inline void PrintTo(const Question& question, std::ostream* out)
{
    *out << question.experiment;
}

inline std::vector<Question> questions()
{
    return {
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
        Question{"quantization.llm",
                 {{{"method", "bcq"},
                   {"rounds", "1"},
                   {"windows", "2"},
                   {"window", "64"},
                   {"evaluate_windows", "3"},
                   {"speed_tokens", "0"}},
                  {{"method", "rtn"},
                   {"bits", "4"},
                   {"windows", "2"},
                   {"window", "64"},
                   {"evaluate_windows", "2"},
                   {"speed_tokens", "0"}}}},
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
                 "learning.train"}};
}

// A clip of 64 x 48 grey-scaled frames that move.
inline void writeClip(const QString& path, int shift)
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

inline void writeText(const QString& path, const char* text)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(text);
}

class RoomRuns
{
public:
    RoomRuns()
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

    Plugin& pluginOf(const std::string& experiment)
    {
        for (const RoomInfo& info : rooms.rooms())
            if (info.experiments.contains(QString::fromStdString(experiment)))
                return **rooms.load(info.id);
        throw std::runtime_error("no room for " + experiment);
    }

    RunRecord make(const std::string& experiment, Values given)
    {
        for (auto& [name, value] : given)
            if (const auto at = value.find("FOLDER"); at != value.npos)
                value.replace(at, 6, folder.path().toStdString());
        for (const auto& made : pluginOf(experiment).createExperiments()) {
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

    View* newView(const std::string& experiment, ViewContext& context)
    {
        View* view = pluginOf(experiment).createView(experiment, context, nullptr);
        if (view == nullptr)
            view = new GenericView(context, {}, nullptr);
        view->resize(1100, 760);
        view->show();
        return view;
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
    int count = 0;
};

} // namespace vitrine::tests
