#pragma once

#include "core/codec/av.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>

extern "C" {
#include <libavutil/display.h>
}

namespace vitrine::tests
{

// Changes the bytes of packet `number`; false leaves it out.
using PacketEdit = std::function<bool(std::int64_t number, std::string& bytes)>;

// A file's video packets into another container, each edited, which may ask to be turned by degrees
// clockwise.
inline void remux(const std::filesystem::path& from, const std::filesystem::path& to,
                  const PacketEdit& edit, std::optional<double> turn = {})
{
    AVFormatContext* opened = nullptr;
    ASSERT_GE(avformat_open_input(&opened, from.c_str(), nullptr, nullptr), 0);
    const codec::InputHandle input(opened);
    ASSERT_GE(avformat_find_stream_info(input.get(), nullptr), 0);
    AVFormatContext* made = nullptr;
    ASSERT_GE(avformat_alloc_output_context2(&made, nullptr, nullptr, to.c_str()), 0);
    const codec::OutputHandle output(made);
    AVStream* stream = avformat_new_stream(made, nullptr);
    ASSERT_GE(avcodec_parameters_copy(stream->codecpar, input->streams[0]->codecpar), 0);
    stream->codecpar->codec_tag = 0;
    stream->time_base = input->streams[0]->time_base;
    stream->avg_frame_rate = input->streams[0]->avg_frame_rate;
    if (turn) {
        auto* matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36);
        av_display_rotation_set(reinterpret_cast<std::int32_t*>(matrix), *turn);
    }
    ASSERT_GE(avio_open(&made->pb, to.c_str(), AVIO_FLAG_WRITE), 0);
    ASSERT_GE(avformat_write_header(made, nullptr), 0);
    const codec::PacketHandle packet(av_packet_alloc()), written(av_packet_alloc());
    for (std::int64_t number = 0; av_read_frame(input.get(), packet.get()) >= 0; ++number) {
        std::string bytes(reinterpret_cast<const char*>(packet->data),
                          static_cast<std::size_t>(packet->size));
        if (edit && !edit(number, bytes))
            continue;
        ASSERT_GE(av_new_packet(written.get(), static_cast<int>(bytes.size())), 0);
        std::memcpy(written->data, bytes.data(), bytes.size());
        av_packet_copy_props(written.get(), packet.get());
        av_packet_rescale_ts(written.get(), input->streams[0]->time_base, stream->time_base);
        ASSERT_GE(av_interleaved_write_frame(made, written.get()), 0);
        av_packet_unref(packet.get());
    }
    ASSERT_GE(av_write_trailer(made), 0);
}

} // namespace vitrine::tests
