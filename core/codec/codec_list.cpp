#include "core/codec/codec_list.h"

#include "core/codec/ffmpeg_codec.h"

#include <algorithm>
#include <cassert>

namespace vitrine::codec
{

void CodecList::add(std::shared_ptr<const VideoCodec> codec)
{
    assert(!find(codec->info().name) && !codec->info().rates.empty());
    std::erase_if(refusals_, [&](const Refusal& r) { return r.name == codec->info().name; });
    codecs_.push_back(std::move(codec));
}

void CodecList::refuse(std::string name, std::string reason)
{
    refusals_.push_back({std::move(name), std::move(reason)});
}

std::string CodecList::names() const
{
    std::string names;
    for (const auto& codec : codecs_)
        names += (names.empty() ? "" : ", ") + codec->info().name;
    return names;
}

Result<const VideoCodec*> CodecList::find(std::string_view name) const
{
    for (const auto& codec : codecs_)
        if (codec->info().name == name)
            return codec.get();
    const auto refusal = std::ranges::find(refusals_, name, &Refusal::name);
    if (refusal != refusals_.end())
        return argumentError("codec {}: {}; there are {}", name, refusal->reason, names());
    return argumentError("codec \"{}\" is unknown: there are {}", name.substr(0, 20), names());
}

const VideoCodec* CodecList::withContainerOf(const RegularFile& file) const
{
    const auto found = std::ranges::find_if(
        codecs_, [&](const auto& codec) { return codec->hasOwnContainer(file); });
    return found == codecs_.end() ? nullptr : found->get();
}

const CodecList& ffmpegCodecs()
{
    static const CodecList kCodecs = [] {
        CodecList list;
        for (const FfmpegEntry* entry : {&kX264, &kX265, &kSvtAv1, &kAom, &kVp9, &kMpeg4, &kMpeg2})
            list.add(std::make_shared<FfmpegCodec>(*entry));
        return list;
    }();
    return kCodecs;
}

} // namespace vitrine::codec
