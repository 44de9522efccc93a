#include "tests/fuzz/picture_samples.h"

#include "core/attention/picture/picture_file.h"
#include "core/base/file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cassert>

namespace vitrine::fuzz
{
namespace
{

using attention::AttentionKind;

attention::PictureLayer sampleLayer(AttentionKind kind)
{
    attention::PictureLayer layer{"blocks.0.attn", kind, 2, 3, {1, 2, 2}, {1, 2, 2}};
    if (kind == AttentionKind::windows) {
        layer.queries = layer.keys = {0, 4, 4};
        layer.window = 2;
        layer.offset = 1;
    }
    if (kind == AttentionKind::linear) {
        layer.queries = {0, 4, 2};
        layer.keys = {0, 2, 1};
        layer.epsilon = 1e-5f;
    }
    return layer;
}

std::vector<float> ramp(std::int64_t count)
{
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i % 7) / 4 - 0.5f;
    return values;
}

} // namespace

std::string pictureSample(AttentionKind kind)
{
    const attention::PictureLayer layer = sampleLayer(kind);
    const std::int64_t queries = layer.queries.tokens(), keys = layer.keys.tokens(),
                       reach = 2 * layer.window - 1;
    attention::LayerTensors tensors;
    std::vector<attention::HeadLook> looks;
    for (std::int64_t head = 0; head < layer.heads; ++head) {
        tensors.heads.push_back({ramp(queries * layer.dim), ramp(keys * layer.dim),
                                 layer.window > 0 ? ramp(reach * reach) : std::vector<float>()});
        looks.push_back({.head = head, .received = ramp(keys), .standIns = {}});
    }
    tensors.norms = ramp(queries);
    attention::PictureTensors picture{{layer}, {tensors}, {}, {}};
    if (layer.queries.prefix > 0)
        picture.prefixNames = {"class"};

    const auto path = std::filesystem::temp_directory_path() /
                      fmt::format("vitrine-picture-sample-{}", ::getpid());
    const attention::PictureInfo info{
        "small", "a cat", {4, std::vector<std::uint8_t>(4 * 4 * 3, 77)}};
    const auto written = attention::writePictureCapture(path, info, picture, looks);
    assert(written);
    std::string bytes = readFile(path, 1 << 20).value_or("");
    std::filesystem::remove(path);
    return bytes;
}

} // namespace vitrine::fuzz
