// One input is one file: whatever names another one is refused, and by what it is.
#include "core/codec/encode.h"
#include "core/codec/media_source.h"
#include "core/codec/playback.h"
#include "core/video/y4m.h"
#include "tests/core/codec/clip_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sys/stat.h>

namespace vitrine::codec
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::string contentOf(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct OneFile : testing::Test {
    tests::TemporaryFolder folder;

    fs::path write(const std::string& name, const std::string& content) const
    {
        std::ofstream(folder.path / name, std::ios::binary) << content;
        return folder.path / name;
    }

    fs::path encoded(const std::string& name) const
    {
        tests::ClipSource clip(32, 32, {}, 5);
        const auto file = folder.path / name;
        const auto made = encode(clip, 0, 5, parseEncodeList("x264:crf=30").value().front(), file);
        EXPECT_TRUE(made) << made.error().message;
        return file;
    }

    // By every way in.
    void expectRefused(const fs::path& file, const std::string& why) const
    {
        const auto right = AllOf(HasSubstr(file.filename().string()), HasSubstr(why));
        for (const auto& error : {openSource(file).map([](const auto&) { return 0; }),
                                  MediaSource::open(file).map([](const auto&) { return 0; }),
                                  Playback::open(file, {}).map([](const auto&) { return 0; })}) {
            ASSERT_FALSE(error) << file << " was opened";
            EXPECT_THAT(error.error().message, right);
            EXPECT_EQ(error.error().message.find('\n'), std::string::npos);
        }
    }
};

std::string bigEndian32(std::size_t value)
{
    std::string bytes(4, '\0');
    for (int i = 0; i < 4; ++i)
        bytes[static_cast<std::size_t>(i)] = static_cast<char>(value >> (24 - 8 * i));
    return bytes;
}

// The film with another data reference in its (only) track; the sizes of the boxes around it grow.
std::string withReference(std::string film, const std::string& reference)
{
    const auto moov = film.find("moov");
    const auto old = film.find("url ", moov) - 4;
    const std::size_t oldSize = 12;
    film.replace(old, oldSize, reference);
    std::size_t at = moov;
    for (const char* type : {"moov", "trak", "mdia", "minf", "dinf", "dref"}) {
        at = film.find(type, at) - 4;
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i)
            size = size << 8 | static_cast<unsigned char>(film[at + i]);
        film.replace(at, 4, bigEndian32(size + reference.size() - oldSize));
        at += 4;
    }
    return film;
}

std::string urlReference(const std::string& address)
{
    const std::string body = std::string("url ") + std::string(4, '\0') + address + '\0';
    return bigEndian32(body.size() + 4) + body;
}

// An alias record of QuickTime: mostly fields that nobody reads, then the path (kind 2).
std::string aliasReference(std::string path)
{
    if (path.size() % 2 != 0)
        path += '\0';
    const std::string length = bigEndian32(path.size()).substr(2);
    const std::string body = std::string("alis") + std::string(4, '\0') +
                             std::string(10 + 28, '\0') + std::string(12 + 64 + 16 + 4 + 16, '\0') +
                             std::string("\0\2", 2) + length + path +
                             std::string("\xff\xff\0\0", 4);
    return bigEndian32(body.size() + 4) + body;
}

TEST_F(OneFile, PlaylistsAndListsOfFilesAreRefusedWhateverTheyAreCalled)
{
    const auto segment = encoded("segment.ts");
    const std::string hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n" +
                            segment.string() + "\n#EXT-X-ENDLIST\n";
    for (const char* name : {"clip.mp4", "clip.m3u8", "clip.png", "clip"})
        expectRefused(write(name, hls), "a playlist (HLS, m3u8)");

    expectRefused(write("list.mkv", "ffconcat version 1.0\nfile '" + segment.string() + "'\n"),
                  "a list of files (concat)");
    expectRefused(write("stream.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\n"
                                      "t=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
                  "the description of a stream (SDP)");
    expectRefused(write("drawing.png", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/"
                                       "svg\" width=\"8\" height=\"8\"></svg>"),
                  "cannot read");
}

TEST_F(OneFile, APipeInAPlaylistOrAsTheInputIsNotWaitedFor)
{
    const auto pipe = folder.path / "pipe.ts";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);

    expectRefused(write("clip.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n" +
                                        pipe.string() + "\n#EXT-X-ENDLIST\n"),
                  "a playlist");
    expectRefused(pipe, "not a regular file");
    for (const char* name : {"pipe.y4m", "pipe_8x8.yuv", "pipe.png"}) {
        ASSERT_EQ(::mkfifo((folder.path / name).c_str(), 0600), 0);
        expectRefused(folder.path / name, "not a regular file");
    }
    EXPECT_THAT(video::openY4m(pipe).error().message, HasSubstr("not a regular file"));
}

TEST_F(OneFile, AFilmWhosePicturesLieInAnotherFileIsRefusedWithThatName)
{
    const auto film = encoded("film.mp4");
    const auto other = encoded("other.mp4");
    const std::string whole = contentOf(film);

    for (const std::string& reference :
         {urlReference("file://" + other.string()), aliasReference(other.string())})
        expectRefused(write("reference.mov", withReference(whole, reference)), other.string());

    EXPECT_EQ(MediaSource::open(film).value()->info().frames, 5);
}

TEST_F(OneFile, ANumberedNameIsOnePicture)
{
    write("a1.ppm", "P6 2 2 255\n" + std::string(12, '\x10'));
    const auto literal = write("a%d.ppm", "P6 4 4 255\n" + std::string(48, '\x80'));

    const auto source = MediaSource::open(literal);

    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ((*source)->info().width, 4);
    EXPECT_EQ((*source)->info().frames, 1);
}

TEST_F(OneFile, AddressesAreNoFiles)
{
    const auto clip = encoded("clip.mp4").string();
    for (const std::string& address :
         {"concat:" + clip, "subfile,,start,0,end,0,,:" + clip, std::string("http://host/clip.mp4"),
          std::string("pipe:0"), "/somewhere/concat:" + clip}) {
        const auto source = openSource(address);
        ASSERT_FALSE(source) << address;
        EXPECT_THAT(source.error().message, HasSubstr("only files are opened"));
    }
    EXPECT_TRUE(openSource(fs::path(clip)));
}

} // namespace
} // namespace vitrine::codec
