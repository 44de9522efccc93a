// What the plugins say of the files they open and of the studies on Home (plugin.json).
#include "app/plugins/plugin_json.h"
#include "app/plugins/plugin_rooms.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine
{
namespace
{

void touch(const QString& path)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
}

// The parameter of the first room that opens the path; empty where none does.
QString takerOf(const QString& path)
{
    static const std::vector<FileKind> kKinds = fileKindsOf(PluginRooms().rooms());
    const auto kind =
        std::ranges::find_if(kKinds, [&](const FileKind& each) { return isOfKind(each, path); });
    return kind == kKinds.end() ? "" : kind->parameter;
}

FileKind checkpoints()
{
    for (const FileKind& kind : fileKindsOf(PluginRooms().rooms()))
        if (kind.parameter == "model")
            return kind;
    return {};
}

TEST(FileKind, IsKnownByTheEnding)
{
    for (const char* name : {"a.mp4", "a.MKV", "a.webm", "a.avi", "a.mov", "a.y4m", "a.h264",
                             "clip_352x288.yuv", "clip_64x64.nv12"})
        EXPECT_EQ(takerOf(name), "reference") << name;
    EXPECT_EQ(takerOf("a.safetensors"), "model");
    EXPECT_EQ(takerOf("config.json"), "model");
    EXPECT_EQ(takerOf("a.txt"), "prompt_file");
    EXPECT_EQ(takerOf("a.csv"), "workload");
    EXPECT_EQ(takerOf("a.jsonl"), "task");
    EXPECT_EQ(takerOf("a.exe"), "");
    EXPECT_EQ(takerOf("other.json"), "");
}

TEST(FileKind, AFolderOfPicturesIsAVideoUnlessItHoldsACheckpoint)
{
    const QTemporaryDir folder;
    EXPECT_EQ(takerOf(folder.path()), "");
    touch(folder.filePath("frame0001.png"));
    EXPECT_EQ(takerOf(folder.path()), "reference");
    touch(folder.filePath("config.json"));
    EXPECT_EQ(takerOf(folder.path()), "model");
}

TEST(FileKind, AFileOfACheckpointStandsForItsFolder)
{
    const QTemporaryDir folder;
    touch(folder.filePath("model.safetensors"));
    EXPECT_EQ(pathFor(checkpoints(), folder.filePath("model.safetensors")),
              folder.filePath("model.safetensors"));
    touch(folder.filePath("config.json"));
    EXPECT_EQ(pathFor(checkpoints(), folder.filePath("model.safetensors")), folder.path());
    EXPECT_EQ(pathFor(checkpoints(), folder.filePath("config.json")), folder.path());
    EXPECT_EQ(pathFor(checkpoints(), folder.filePath("stories.bin")),
              folder.filePath("stories.bin"));
    EXPECT_EQ(pathFor(checkpoints(), folder.path()), folder.path());
}

TEST(FileKind, EveryParameterIsOneOfTheRoomsExperiments)
{
    PluginRooms rooms;
    for (const RoomInfo& room : rooms.rooms())
        for (const FileKind& kind : room.opens) {
            const auto plugin = rooms.load(room.id);
            ASSERT_TRUE(plugin.has_value());
            const auto experiments = (*plugin)->createExperiments();
            EXPECT_TRUE(std::ranges::any_of(
                experiments,
                [&](const auto& experiment) {
                    return std::ranges::any_of(experiment->params({}), [&](const ParamSpec& spec) {
                        return spec.name == kind.parameter.toStdString();
                    });
                }))
                << room.id.toStdString() << ": " << kind.parameter.toStdString();
        }
}

TEST(Study, OfEveryPluginCanRunHereWithWhatItsExperimentKnows)
{
    PluginRooms rooms;
    const auto studies = studiesOf(rooms.rooms());
    ASSERT_EQ(studies.size(), 5u);
    EXPECT_EQ(studies.front().title, "Find the sinks");
    EXPECT_EQ(studies.back().title, "See with a transformer");
    for (const Study& study : studies) {
        EXPECT_EQ(study.missing, "") << study.title.toStdString();
        for (const RoomInfo& room : rooms.rooms())
            for (const auto& experiment : (*rooms.load(room.id))->createExperiments())
                if (experiment->info().id == study.experiment.toStdString()) {
                    EXPECT_TRUE(resolveParams(*experiment, study.params).has_value());
                    for (const auto& other : study.beside)
                        EXPECT_TRUE(resolveParams(*experiment, other).has_value());
                }
    }
}

TEST(Study, ThatNeedsAFileThatIsNotInstalledSaysSo)
{
    QStringList problems;
    PluginJson json({{"params", QJsonObject{{"a", "resource:no/such"}}}}, {}, problems);

    EXPECT_NE(studyOf(json).missing, "");
}

} // namespace
} // namespace vitrine
