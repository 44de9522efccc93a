#include "core/sim/topology.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <optional>

namespace vitrine::sim
{

namespace
{

constexpr std::size_t kMostTopologyRows = 20'000, kMostFields = 16, kLongestName = 200;
constexpr std::array kConvColumns{"name",          "ifmap height", "ifmap width",
                                  "filter height", "filter width", "channels",
                                  "filters",       "stride",       "stride across"};
constexpr std::array kGemmColumns{"name", "M", "N", "K"};

// Fields of a row without the empty ones behind a final comma; more than kMostFields are cut, which
// no row may have.
std::vector<std::string_view> fieldsOf(std::string_view row)
{
    std::vector<std::string_view> fields;
    for (std::size_t start = 0; start <= row.size() && fields.size() <= kMostFields;) {
        const std::size_t comma = std::min(row.find(',', start), row.size());
        fields.push_back(trimmed(row.substr(start, comma - start)));
        start = comma + 1;
    }
    while (!fields.empty() && fields.back().empty())
        fields.pop_back();
    return fields;
}

bool sameWord(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

class Reader
{
public:
    Reader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

    Result<Workload> read()
    {
        VITRINE_CHECK(header());
        Workload workload{std::string(name_), std::string(name_), {}};
        while (nextRow()) {
            if (fields_.empty())
                continue;
            if (workload.layers.size() == kMostTopologyRows)
                return inputError("cannot read {}: more than {} layers at row {}", name_,
                                  kMostTopologyRows, row_);
            VITRINE_TRY(Layer layer, gemm_ ? product() : convolution());
            workload.layers.push_back(std::move(layer));
        }
        if (workload.layers.empty())
            return inputError("cannot read {}: no layers below the header in row 1", name_);
        return workload;
    }

private:
    bool nextRow()
    {
        if (at_ >= text_.size())
            return false;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        fields_ = fieldsOf(text_.substr(at_, end - at_));
        at_ = end + 1;
        ++row_;
        return true;
    }

    Result<void> header()
    {
        if (!nextRow())
            return inputError("cannot read {}: it is empty, a header and a row per layer expected",
                              name_);
        gemm_ = fields_.size() == kGemmColumns.size() && sameWord(fields_[1], "M") &&
                sameWord(fields_[2], "N") && sameWord(fields_[3], "K");
        if (!gemm_ && fields_.size() != 8 && fields_.size() != 9)
            return inputError("cannot read {}: row 1 has {} columns: \"name, M, N, K\" or the 8 "
                              "columns of a SCALE-Sim "
                              "convolution table expected",
                              name_, fields_.size());
        return {};
    }

    Result<std::int64_t> number(std::size_t column) const
    {
        const char* title = gemm_ ? kGemmColumns[column] : kConvColumns[column];
        const auto value = parseInteger(fields_[column]);
        if (!value || *value < 1 || *value > kLargestSize)
            return inputError(
                "cannot read {}: row {}, column {} ({}): \"{}\" is not a whole number from 1 to {}",
                name_, row_, column + 1, title, printable(fields_[column], 40), kLargestSize);
        return *value;
    }

    Result<void> checkFields(std::size_t least, std::size_t most) const
    {
        if (fields_.size() < least)
            return inputError(
                "cannot read {}: row {}, column {}: nothing there, {} columns expected", name_,
                row_, fields_.size() + 1, least);
        if (fields_.size() > most)
            return inputError("cannot read {}: row {}, column {}: one column too many, {} expected",
                              name_, row_, most + 1, least);
        const std::string_view name = fields_[0];
        const bool plain = std::ranges::all_of(
            name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
        if (name.empty() || name.size() > kLongestName || !plain)
            return inputError("cannot read {}: row {}, column 1 (name): a name of at most {} "
                              "printable characters "
                              "expected",
                              name_, row_, kLongestName);
        return {};
    }

    Result<Layer> checked(Layer layer) const
    {
        if (const auto sound = check({std::string(name_), {}, {layer}}); !sound)
            return inputError("cannot read {}: row {}, column 2: {}", name_, row_,
                              sound.error().message);
        return layer;
    }

    Result<Layer> product() const
    {
        VITRINE_CHECK(checkFields(4, 4));
        std::array<std::int64_t, 3> sizes{};
        for (std::size_t i = 0; i < 3; ++i) {
            VITRINE_TRY(sizes[i], number(i + 1));
        }
        return checked({.shape = model::linearShape(std::string(fields_[0]), sizes[0], sizes[2],
                                                    sizes[1], false)});
    }

    Result<Layer> convolution() const
    {
        VITRINE_CHECK(checkFields(8, 9));
        std::array<std::int64_t, 8> v{};
        for (std::size_t i = 0; i < 8; ++i) {
            VITRINE_TRY(v[i],
                        number(i + 1 < fields_.size() ? i + 1 : 7)); // one stride is for both ways
        }
        const auto [height, width, filterHeight, filterWidth, channels, filters, strideDown,
                    strideAcross] = v;
        for (const std::size_t i : {0u, 1u})
            if (v[i + 2] > v[i])
                return inputError("cannot read {}: row {}, column {} ({}): the filter of {} is "
                                  "larger than the map of {} "
                                  "(which includes the padding)",
                                  name_, row_, i + 4, kConvColumns[i + 3], v[i + 2], v[i]);
        const bool depthwise = fields_[0].find("DP") != std::string_view::npos;
        const std::int64_t groups = depthwise ? channels : 1;
        const std::int64_t outHeight = ceilDivide(height - filterHeight + strideDown, strideDown);
        const std::int64_t outWidth = ceilDivide(width - filterWidth + strideAcross, strideAcross);
        if (outHeight > kLargestSize / outWidth || filterHeight > kLargestSize / filterWidth ||
            filterHeight * filterWidth > kLargestSize / (channels / groups) ||
            filters > kLargestSize / groups)
            return inputError("cannot read {}: row {}, column 2: the layer has more than {} output "
                              "pixels or weights per "
                              "filter",
                              name_, row_, kLargestSize);
        Layer layer;
        layer.shape.name = std::string(fields_[0]);
        layer.shape.kind = depthwise ? LayerKind::depthwise : LayerKind::conv;
        layer.shape.batch = groups;
        layer.shape.m = outHeight * outWidth;
        layer.shape.n = filters;
        layer.shape.k = filterHeight * filterWidth * (channels / groups);
        layer.shape.conv = {channels,   height,       width,        filters * groups,
                            outHeight,  outWidth,     filterHeight, filterWidth,
                            strideDown, strideAcross, groups};
        layer.shape.weights = true;
        return checked(std::move(layer));
    }

    std::string_view text_, name_;
    std::size_t at_ = 0, row_ = 0;
    bool gemm_ = false;
    std::vector<std::string_view> fields_;
};

// A row of a convolution table gives this layer back.
bool isTableConvolution(const model::LayerShape& s)
{
    const model::ConvShape& c = s.conv;
    return c.inChannels > 0 && s.n * s.batch == c.outChannels && s.batch == c.groups &&
           (c.groups == 1 ||
            (c.groups == c.inChannels && s.name.find("DP") != std::string::npos)) &&
           s.k == c.kernelHeight * c.kernelWidth * (c.inChannels / c.groups) &&
           ceilDivide(c.inHeight - c.kernelHeight + c.strideHeight, c.strideHeight) ==
               c.outHeight &&
           ceilDivide(c.inWidth - c.kernelWidth + c.strideWidth, c.strideWidth) == c.outWidth &&
           s.m == c.outHeight * c.outWidth;
}

std::string plainName(std::string name)
{
    std::ranges::replace(name, ',', ';');
    return name;
}

} // namespace

Result<Workload> parseTopology(std::string_view text, std::string_view name)
{
    return Reader(text, name).read();
}

Result<std::string> topologyCsv(const Workload& workload)
{
    const bool convolutions = std::ranges::all_of(workload.layers, [](const Layer& layer) {
        return layer.shape.k == 0 || isTableConvolution(layer.shape);
    });
    std::string text =
        convolutions
            ? "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, "
              "Num Filter, Strides, Strides across,\n"
            : "Layer, M, N, K,\n";
    std::size_t rows = 0;
    for (const Layer& layer : workload.layers) {
        const model::LayerShape& s = layer.shape;
        if (s.k == 0)
            continue;
        const std::int64_t copies = convolutions ? 1 : s.batch;
        if (copies > static_cast<std::int64_t>(kMostTopologyRows - rows))
            return argumentError("{} has more than {} products", workload.name, kMostTopologyRows);
        rows += static_cast<std::size_t>(copies);
        const model::ConvShape& c = s.conv;
        const std::string name = plainName(s.name);
        if (convolutions)
            text += fmt::format("{}, {}, {}, {}, {}, {}, {}, {}, {},\n", name, c.inHeight,
                                c.inWidth, c.kernelHeight, c.kernelWidth, c.inChannels, s.n,
                                c.strideHeight, c.strideWidth);
        else
            for (std::int64_t i = 0; i < copies; ++i)
                text +=
                    fmt::format("{}, {}, {}, {},\n",
                                copies > 1 ? fmt::format("{}.{}", name, i) : name, s.m, s.n, s.k);
    }
    return text;
}

} // namespace vitrine::sim
