#include "core/codec/missing_references.h"

#include "core/codec/av.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <string_view>
#include <utility>

namespace vitrine::codec
{
namespace
{

// Formats of lines of the decoders of H.265 and H.264.
constexpr std::array<std::string_view, 4> kMissingLines = {
    "Could not find ref with POC", "Missing reference picture", "reference picture missing",
    "co located POCs unavailable"};

thread_local bool* watched = nullptr;

void takeLine(void*, int level, const char* format, std::va_list)
{
    if (watched && level <= AV_LOG_ERROR && format &&
        std::ranges::any_of(kMissingLines, [text = std::string_view(format)](const auto& line) {
            return text.starts_with(line);
        }))
        *watched = true;
}

} // namespace

MissingReferenceWatch::MissingReferenceWatch(bool& isMissing)
    : before_(std::exchange(watched, &isMissing))
{
}

MissingReferenceWatch::~MissingReferenceWatch()
{
    watched = before_;
}

void takeFfmpegLog()
{
    av_log_set_callback(takeLine);
}

} // namespace vitrine::codec
