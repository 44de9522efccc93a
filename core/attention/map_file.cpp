#include "core/attention/map_file.h"

#include <cmath>

namespace vitrine::attention
{
namespace
{

constexpr std::int64_t kMostTokens = 1'000'000;

bool isFloat(DType type)
{
    return type == DType::f32 || type == DType::f16 || type == DType::bf16 || type == DType::f64;
}

} // namespace

Result<MapFile> MapFile::open(const std::filesystem::path& path)
{
    VITRINE_TRY(Safetensors file, Safetensors::open(path));
    MapFile maps(std::move(file), path.filename().string());
    VITRINE_TRY(maps.view_, maps.file_.tensor("attention"));
    const TensorView& view = maps.view_;
    if (!isFloat(view.type))
        return inputError("cannot read {}: tensor \"attention\" is {}, floating point expected",
                          maps.name_, dtypeName(view.type));
    auto shape = view.shape;
    maps.hasLayers_ = shape.size() == 4;
    if (shape.size() == 3)
        shape.insert(shape.begin(), 1);
    if (shape.size() != 4)
        return inputError(
            "cannot read {}: tensor \"attention\" has {} dimensions, 4 [L,H,T,T] or 3 "
            "[H,T,T] expected",
            maps.name_, view.shape.size());
    if (shape[2] != shape[3])
        return inputError(
            "cannot read {}: tensor \"attention\" has maps of {} queries and {} keys, "
            "square ones expected",
            maps.name_, shape[2], shape[3]);
    maps.layers_ = shape[0], maps.heads_ = shape[1], maps.tokens_ = shape[2];
    if (maps.layers_ < 1 || maps.layers_ > 512 || maps.heads_ < 1 || maps.heads_ > 4096 ||
        maps.tokens_ < 1 || maps.tokens_ > kMostTokens)
        return inputError("cannot read {}: {} layers of {} heads over {} tokens: 1 to 512, 1 to "
                          "4096 and 1 to 1,000,000 expected",
                          maps.name_, maps.layers_, maps.heads_, maps.tokens_);
    return maps;
}

Result<std::vector<float>> MapFile::map(std::int64_t layer, std::int64_t head,
                                        std::int64_t padding) const
{
    const auto bytes = static_cast<std::size_t>(tokens_ * tokens_) * dtypeSize(view_.type);
    const auto index = static_cast<std::size_t>(layer * heads_ + head);
    std::vector<float> map =
        toFloat({view_.type, {tokens_, tokens_}, view_.bytes.subspan(index * bytes, bytes)});
    for (std::int64_t i = padding; i < tokens_; ++i)
        for (std::int64_t j = padding; j < tokens_; ++j) {
            float& weight = map[static_cast<std::size_t>(i * tokens_ + j)];
            if (j > i && std::isnan(weight))
                weight = 0;
            if (j > i && !(std::abs(weight) <= 1e-6f))
                return inputError("cannot read {}: layer {}, head {}: query {} has weight {} on "
                                  "the later key {}: causal maps expected",
                                  name_, layer, head, i, weight, j);
            if (j <= i && !(weight >= 0 && weight <= 1.01f))
                return inputError("cannot read {}: layer {}, head {}: weight {} at query {}, key "
                                  "{}: 0 to 1 expected",
                                  name_, layer, head, weight, i, j);
        }
    return map;
}

std::int64_t unevenRows(const std::vector<float>& map, std::int64_t tokens, std::int64_t padding)
{
    std::int64_t count = 0;
    for (std::int64_t i = padding; i < tokens; ++i) {
        double sum = 0;
        for (std::int64_t j = 0; j <= i; ++j)
            sum += static_cast<double>(map[static_cast<std::size_t>(i * tokens + j)]);
        count += std::abs(sum - 1) > 1e-3;
    }
    return count;
}

} // namespace vitrine::attention
