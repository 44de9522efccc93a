#include "core/video/sequence.h"

#include "core/base/format.h"
#include "core/base/hash.h"

#include <fmt/format.h>

namespace vitrine::video
{

std::vector<FramePair> firstPairs(std::int64_t frames)
{
    std::vector<FramePair> pairs;
    for (std::int64_t i = 0; i < frames; ++i)
        pairs.push_back({i, i});
    return pairs;
}

Result<SequenceResult> measureSequence(FrameSource& reference, FrameSource& test,
                                       const SequenceRequest& request,
                                       const SequenceProgress& progress)
{
    SequenceResult result;
    const auto total = static_cast<std::int64_t>(request.pairs.size());
    std::int64_t done = 0;
    for (const FramePair& pair : request.pairs) {
        if (!progress(done++, total))
            return cancelled();
        const auto readFirst = reference.read(pair.reference), readSecond = test.read(pair.test);
        if (!readFirst && !reference.isLost(pair.reference))
            return tl::unexpected(readFirst.error());
        if (!readSecond && !test.isLost(pair.test))
            return tl::unexpected(readSecond.error());
        if (!readFirst || !readSecond) {
            if (pair == request.pairs.back() && result.frames.empty())
                return tl::unexpected((readFirst ? readSecond : readFirst).error());
            continue;
        }
        const Frame &first = *readFirst, &second = *readSecond;
        auto quality = compareFrames(first, second, request.options);
        if (!quality)
            return tl::unexpected(
                Error{quality.error().kind,
                      fmt::format("frame {}: {}", pair.reference, quality.error().message)});
        if (!result.difference)
            if (const auto sample = firstDifference(first, second))
                result.difference = FirstDifference{pair.reference, *sample};
        if (!result.hiddenDifference && first.original != second.original)
            result.hiddenDifference = pair.reference;
        result.quality.add(*quality);
        result.frames.push_back(*std::move(quality));
        result.pairs.push_back(pair);
    }
    return result;
}

Result<std::string> hashFrames(FrameSource& source, std::int64_t frames,
                               const SequenceProgress& progress)
{
    Sha256 hash;
    const SourceInfo& info = source.info();
    const std::string head =
        fmt::format("{}x{} {} {} {}", info.width, info.height, formatName(info.format),
                    colourName(info.colour), shortest(info.framesPerSecond));
    hash.add(std::as_bytes(std::span(head)));
    for (std::int64_t i = 0; i < frames; ++i) {
        if (!progress(i, frames))
            return cancelled();
        VITRINE_TRY(const Frame frame, source.read(i));
        hash.add(frame.bytes());
    }
    return hash.hex();
}

} // namespace vitrine::video
