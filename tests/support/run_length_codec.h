#pragma once

#include "core/base/file.h"
#include "core/codec/codec_list.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstring>

// A codec of the tests alone, with a container of its own: what a codec that FFmpeg does not know
// brings along to join everything. Samples of 8 bits, divided by a step; key frames as runs of
// equal levels, the frames between as runs of differences from the one before.
namespace vitrine::tests
{

struct RunLengthHead {
    std::array<char, 8> magic{'R', 'U', 'N', 'L', 'E', 'N', 'G', '1'};
    std::int32_t width = 0, height = 0, chroma = 0, step = 1, gop = 1, frames = 0;
    double framesPerSecond = 0;
};

using Levels = std::vector<std::uint8_t>; // of all samples, plane by plane

inline Levels levelsOf(const video::Frame& frame, int step)
{
    Levels levels;
    for (int plane = 0; plane < frame.format().planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y)
            for (int x = 0; x < frame.width(plane); ++x)
                levels.push_back(static_cast<std::uint8_t>(frame.sample(plane, x, y) / step));
    return levels;
}

class RunLengthSource : public codec::CodedSource
{
public:
    static Result<std::unique_ptr<codec::CodedSource>> open(const std::filesystem::path& path)
    {
        auto source = std::make_unique<RunLengthSource>();
        VITRINE_TRY(source->bytes_, readFile(path, 64 << 20));
        RunLengthHead& head = source->head_;
        if (source->bytes_.size() < sizeof head)
            return inputError("cannot read {}: it is cut", path.string());
        std::memcpy(&head, source->bytes_.data(), sizeof head);
        source->info_.width = head.width;
        source->info_.height = head.height;
        source->info_.format.chroma = static_cast<video::Chroma>(head.chroma);
        source->info_.frames = head.frames;
        source->info_.framesPerSecond = head.framesPerSecond;
        source->info_.container = source->info_.codec = "runlength";
        std::size_t at = sizeof head;
        for (int i = 0; i < head.frames; ++i) {
            std::uint32_t size = 0;
            std::memcpy(&size, &source->bytes_.at(at), sizeof size);
            const bool isKey = i % head.gop == 0;
            source->packets_.push_back({at + sizeof size, size});
            source->frames_.push_back({8 * std::int64_t{size}, isKey, isKey ? 'I' : 'P'});
            if (isKey)
                source->keys_.push_back(i);
            at += sizeof size + size;
        }
        return std::unique_ptr<codec::CodedSource>(std::move(source));
    }

    const video::SourceInfo& info() const override { return info_; }
    const std::vector<codec::StreamFrame>& frames() const override { return frames_; }
    const std::vector<std::int64_t>& keyFrames() const override { return keys_; }
    double decodeSeconds() const override { return seconds_; }
    std::int64_t decodedFrames() const override { return decoded_; }
    std::int64_t position() const override { return position_; }
    codec::SideData currentSide() const override
    {
        return {{}, {}, "It has none.", "It has none."};
    }

    Result<std::int64_t> approach(std::int64_t index, From from) override
    {
        std::int64_t start = keyFrameBefore(index);
        if (from == From::earlierKey && start > 0)
            start = keyFrameBefore(start - 1);
        if (from == From::here && position_ >= start && position_ < index)
            return position_ + 1;
        position_ = start - 1;
        return start;
    }
    Result<std::optional<std::int64_t>> step() override
    {
        if (position_ + 1 >= info_.frames)
            return std::optional<std::int64_t>();
        const auto start = std::chrono::steady_clock::now();
        const auto& [at, size] = packets_[static_cast<std::size_t>(++position_)];
        Levels levels;
        for (std::size_t i = at; i + 1 < at + size; i += 2)
            levels.insert(levels.end(), static_cast<std::uint8_t>(bytes_[i]),
                          static_cast<std::uint8_t>(bytes_[i + 1]));
        if (!frames_[static_cast<std::size_t>(position_)].isKey)
            for (std::size_t i = 0; i < levels.size(); ++i)
                levels[i] = static_cast<std::uint8_t>(levels[i] + levels_[i]);
        levels_ = std::move(levels);
        ++decoded_;
        seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return std::optional(position_);
    }
    Result<video::Frame> current() override
    {
        video::Frame frame(info_.width, info_.height, info_.format);
        std::size_t i = 0;
        for (int plane = 0; plane < info_.format.planes(); ++plane)
            for (int y = 0; y < frame.height(plane); ++y)
                for (int x = 0; x < frame.width(plane); ++x)
                    frame.setSample(plane, x, y,
                                    std::min(255, levels_.at(i++) * head_.step + head_.step / 2));
        return frame;
    }
    Result<video::Frame> read(std::int64_t index) override
    {
        VITRINE_CHECK(approach(index, From::here));
        while (position_ != index)
            VITRINE_CHECK(step());
        return current();
    }

private:
    struct Packet {
        std::size_t at, size;
    };
    std::string bytes_;
    RunLengthHead head_;
    video::SourceInfo info_;
    std::vector<codec::StreamFrame> frames_;
    std::vector<std::int64_t> keys_;
    std::vector<Packet> packets_;
    Levels levels_;
    std::int64_t position_ = -1, decoded_ = 0;
    double seconds_ = 0;
};

class RunLengthCodec : public codec::VideoCodec
{
public:
    RunLengthCodec()
        : VideoCodec({"runs",
                      "run lengths",
                      {{codec::RateMode::quality, "quality", {0, 6, false}}},
                      {},
                      {},
                      {codec::Protocol::lowDelay},
                      ".runs"})
    {
    }
    std::string version() const override { return "of the tests, 1"; }
    Result<std::unique_ptr<codec::CodedSource>> open(const std::filesystem::path& path,
                                                     const codec::OpenOptions&) const override
    {
        return RunLengthSource::open(path);
    }
    bool hasOwnContainer(const RegularFile& file) const override
    {
        std::array<char, 8> start{};
        file.readAt(0, std::as_writable_bytes(std::span(start)));
        return start == RunLengthHead().magic;
    }

private:
    Result<codec::Encoded> encodeFrames(video::FrameSource& source, std::int64_t first,
                                        std::int64_t count, const codec::EncodeOptions& options,
                                        const std::filesystem::path& file,
                                        const codec::EncodeProgress& progress) const override
    {
        const video::SourceInfo& info = source.info();
        RunLengthHead head;
        head.width = info.width;
        head.height = info.height;
        head.chroma = static_cast<std::int32_t>(info.format.chroma);
        head.step = static_cast<std::int32_t>(std::lround(std::exp2(6 - options.value)));
        head.gop = options.gop;
        head.frames = static_cast<std::int32_t>(count);
        head.framesPerSecond = info.framesPerSecond;
        std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
        codec::Encoded result;
        result.command = "quality " + std::to_string(options.value);
        Levels before;
        for (std::int64_t i = 0; i < count; ++i) {
            if (progress && !progress(i, count))
                return cancelled();
            VITRINE_TRY(const video::Frame frame, source.read(first + i));
            const auto start = std::chrono::steady_clock::now();
            const bool isKey = i % options.gop == 0;
            const Levels levels = levelsOf(frame, head.step);
            Levels coded = levels;
            for (std::size_t s = 0; s < coded.size() && !isKey; ++s)
                coded[s] = static_cast<std::uint8_t>(levels[s] - before[s]);
            const std::string packet = runs(coded);
            const auto size = static_cast<std::uint32_t>(packet.size());
            bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
            bytes += packet;
            before = levels;
            result.frames.push_back({8 * std::int64_t{size}, isKey, isKey ? 'I' : 'P'});
            result.payloadBytes += size;
            result.encodeSeconds +=
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        }
        result.fileBytes = static_cast<std::int64_t>(bytes.size());
        VITRINE_CHECK(writeFileAtomically(file, bytes));
        return result;
    }

    static std::string runs(const Levels& levels)
    {
        std::string bytes;
        for (std::size_t i = 0; i < levels.size();) {
            std::size_t end = i;
            while (end < levels.size() && end - i < 255 && levels[end] == levels[i])
                ++end;
            bytes += static_cast<char>(end - i);
            bytes += static_cast<char>(levels[i]);
            i = end;
        }
        return bytes;
    }
};

inline codec::CodecList withRunLengths()
{
    codec::CodecList list = codec::ffmpegCodecs();
    list.add(std::make_shared<RunLengthCodec>());
    return list;
}

} // namespace vitrine::tests
