#pragma once

#include "core/codec/coded_source.h"
#include "core/codec/source.h"

namespace vitrine::codec
{

// A file that FFmpeg opens: its best video stream, decoded frame-exactly. On opening, all packets
// are read once (not decoded, where their times tell the order of frames; else everything is
// decoded once). Used by one thread at a time.
class MediaSource : public CodedSource
{
public:
    static Result<std::unique_ptr<MediaSource>> open(const std::filesystem::path& path,
                                                     const OpenOptions& options = {});
    ~MediaSource() override;

    const video::SourceInfo& info() const override;
    Result<video::Frame> read(std::int64_t index) override;

    const std::vector<StreamFrame>& frames() const override;
    std::int64_t
    payloadBytes() const; // all packets of the stream, those without a frame among them
    const std::vector<std::int64_t>& keyFrames() const override;
    const std::set<std::int64_t>& damagedFrames() const override;
    const std::set<std::int64_t>& lostFrames() const override;
    std::string damageNotTold() const override;
    double decodeSeconds() const override;
    std::int64_t decodedFrames() const override;

    Result<std::int64_t> approach(std::int64_t index, From from = From::here) override;
    std::int64_t position() const override;
    Result<std::optional<std::int64_t>> step() override;
    Result<video::Frame> current() override;
    SideData currentSide() const override;

private:
    class Impl;
    explicit MediaSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace vitrine::codec
