#include "app/window/dropped_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

void touch(const QString& path)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
}

TEST(DroppedFile, IsKnownByItsEnding)
{
    for (const char* name : {"a.mp4", "a.MKV", "a.webm", "a.avi", "a.mov", "a.y4m", "a.h264",
                             "clip_352x288.yuv", "clip_64x64.nv12"})
        EXPECT_EQ(kindOfPath(name), "video") << name;
    EXPECT_EQ(kindOfPath("a.safetensors"), "model");
    EXPECT_EQ(kindOfPath("a.txt"), "text");
    EXPECT_EQ(kindOfPath("a.csv"), "topology");
    EXPECT_EQ(kindOfPath("a.vitrine"), "workspace");
    EXPECT_EQ(kindOfPath("a.exe"), "");
    EXPECT_EQ(parameterOfKind("video"), "reference");
    EXPECT_EQ(parameterOfKind("text"), "prompt_file");
}

TEST(DroppedFile, AFolderOfPicturesIsAVideoUnlessItHoldsACheckpoint)
{
    const QTemporaryDir folder;
    EXPECT_EQ(kindOfPath(folder.path()), "");
    touch(folder.filePath("frame0001.png"));
    EXPECT_EQ(kindOfPath(folder.path()), "video");
    touch(folder.filePath("config.json"));
    EXPECT_EQ(kindOfPath(folder.path()), "model");
}

} // namespace
} // namespace vitrine
