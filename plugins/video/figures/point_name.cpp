#include "plugins/video/figures/point_name.h"

#include <algorithm>

namespace vitrine::video_plugin
{
namespace
{

// "x264-crf-27-gop-32.mkv" of the curve "x264" and "crf=27:gop=32".
std::string earlierStream(const PointName& name)
{
    std::string stream = name.curve.substr(0, name.curve.find(' ')) + ":" + name.setting;
    std::ranges::replace(stream, ':', '-');
    std::ranges::replace(stream, '=', '-');
    return stream + ".mkv";
}

} // namespace

PointName pointNameOf(const RowReader& row)
{
    constexpr std::int64_t kMostPoints = 1'000'000;
    PointName name{row.text("codec"), row.text("setting"), {}, row.text("stream")};
    if (const auto point = row.whole("point", 1, kMostPoints))
        name.point = std::to_string(*point);
    else if (row.has("setting")) {
        name.point = name.curve + " " + name.setting;
        if (name.stream.empty())
            name.stream = earlierStream(name);
    }
    return name;
}

} // namespace vitrine::video_plugin
