#include "tests/fuzz/video_samples.h"

#include "core/base/file.h"
#include "core/codec/encode.h"
#include "core/video/raw_file.h"
#include "core/video/y4m.h"
#include "tests/core/codec/clip_source.h"
#include "tests/support/temporary_folder.h"

namespace vitrine::fuzz
{

std::string y4mSample()
{
    const tests::TemporaryFolder folder;
    video::Y4mHeader header;
    header.width = 16;
    header.height = 12;
    header.rateNumerator = 25;
    auto writer = video::Y4mWriter::create(folder.path / "a.y4m", header).value();
    for (int i = 0; i < 3; ++i)
        if (!writer.write(tests::movingFrame(16, 12, header.format, i)))
            return {};
    if (!writer.finish())
        return {};
    return readFile(folder.path / "a.y4m", 1 << 20).value();
}

std::string rawSample()
{
    video::RawLayout layout;
    layout.width = 16;
    layout.height = 12;
    std::string bytes;
    for (int i = 0; i < 3; ++i)
        for (const std::byte b : packRaw(layout, tests::movingFrame(16, 12, layout.format, i)))
            bytes += static_cast<char>(b);
    return bytes;
}

std::string codedSample(const std::string& codec, const std::string& ending)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(64, 64, {}, 8);
    const auto file = folder.path / ("a" + ending);
    if (!codec::encode(clip, 0, 8, codec::parseEncodeList(codec).value().front(), file))
        return {};
    return readFile(file, 1 << 20).value();
}

} // namespace vitrine::fuzz
