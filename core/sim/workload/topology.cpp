#include "core/sim/workload/topology.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <span>

namespace vitrine::sim
{

namespace
{

constexpr std::size_t kMostTopologyRows = 20'000, kMostFields = 16, kLongestName = 200;

// What a column can hold. A word of a header names one of them, whatever its place.
enum class Column {
    name,
    height,
    width,
    filterHeight,
    filterWidth,
    channels,
    filters,
    stride,
    strideAcross,
    padding,
    batch,
    m,
    n,
    k
};

struct ColumnWord {
    std::string_view words; // lower case, single spaces
    Column column;
};

// As SCALE-Sim's own tables write them, and their neighbours.
constexpr std::array kColumnWords{ColumnWord{"layer name", Column::name},
                                  ColumnWord{"layer", Column::name},
                                  ColumnWord{"name", Column::name},
                                  ColumnWord{"l", Column::name},
                                  ColumnWord{"ifmap height", Column::height},
                                  ColumnWord{"input height", Column::height},
                                  ColumnWord{"ifmap width", Column::width},
                                  ColumnWord{"input width", Column::width},
                                  ColumnWord{"filter height", Column::filterHeight},
                                  ColumnWord{"filter width", Column::filterWidth},
                                  ColumnWord{"channels", Column::channels},
                                  ColumnWord{"channel", Column::channels},
                                  ColumnWord{"num channels", Column::channels},
                                  ColumnWord{"num filter", Column::filters},
                                  ColumnWord{"num filters", Column::filters},
                                  ColumnWord{"filters", Column::filters},
                                  ColumnWord{"stride", Column::stride},
                                  ColumnWord{"strides", Column::stride},
                                  ColumnWord{"stride height", Column::stride},
                                  ColumnWord{"stride down", Column::stride},
                                  ColumnWord{"stride across", Column::strideAcross},
                                  ColumnWord{"strides across", Column::strideAcross},
                                  ColumnWord{"stride width", Column::strideAcross},
                                  ColumnWord{"padding", Column::padding},
                                  ColumnWord{"pad", Column::padding},
                                  ColumnWord{"batch size", Column::batch},
                                  ColumnWord{"batch", Column::batch},
                                  ColumnWord{"m", Column::m},
                                  ColumnWord{"n", Column::n},
                                  ColumnWord{"k", Column::k}};

constexpr std::array kConvNeeds{Column::name,         Column::height,      Column::width,
                                Column::filterHeight, Column::filterWidth, Column::channels,
                                Column::filters,      Column::stride};
constexpr std::array kConvMay{Column::strideAcross, Column::padding, Column::batch};
constexpr std::array kGemmNeeds{Column::name, Column::m, Column::n, Column::k};

bool isInteger(std::string_view text)
{
    return parseInteger(text).has_value();
}

// "IFMAP_Height (px)" is "ifmap height px".
std::string wordsOf(std::string_view title)
{
    std::string words;
    for (const char c : title) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9'))
            words += letter ? static_cast<char>(c | 0x20) : c;
        else if (!words.empty() && words.back() != ' ')
            words += ' ';
    }
    return std::string(trimmed(words));
}

std::optional<Column> columnOf(std::string_view title)
{
    const std::string words = wordsOf(title);
    const auto* found = std::ranges::find(kColumnWords, words, &ColumnWord::words);
    return found == kColumnWords.end() ? std::nullopt : std::optional(found->column);
}

// As errors write it.
std::string_view titleOf(Column column)
{
    if (column == Column::m || column == Column::n || column == Column::k)
        return column == Column::m ? "M" : column == Column::n ? "N" : "K";
    return std::ranges::find(kColumnWords, column, &ColumnWord::column)->words;
}

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

class Reader
{
public:
    Reader(std::string_view text, std::string_view name) : text_(text), name_(name)
    {
        constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf"; // spreadsheets write it
        if (text_.starts_with(kByteOrderMark))
            text_.remove_prefix(kByteOrderMark.size());
    }

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
        if (fields_.size() > 1 && std::ranges::all_of(fields_ | std::views::drop(1), isInteger))
            return inputError("cannot read {}: row 1 holds a layer, a header expected (\"Layer, M, "
                              "N, K\" or SCALE-Sim's titles of a convolution table)",
                              name_);
        for (std::size_t i = 0; i < fields_.size(); ++i)
            VITRINE_CHECK(addColumn(i));
        gemm_ = has(Column::m) || has(Column::n) || has(Column::k);
        return gemm_ ? checkColumns(kGemmNeeds, {}) : checkColumns(kConvNeeds, kConvMay);
    }

    Result<void> addColumn(std::size_t i)
    {
        const std::string words = wordsOf(fields_[i]);
        if (words.starts_with("spars"))
            return inputError("cannot read {}: row 1, column {} ({}): sparse weights are not "
                              "simulated from a table: take the column away for dense ones",
                              name_, i + 1, printable(fields_[i], 40));
        const auto column = columnOf(fields_[i]);
        if (!column)
            return inputError(
                "cannot read {}: row 1, column {}: \"{}\" is no title that is known; "
                "known are \"Layer, M, N, K\" and SCALE-Sim's of a convolution table, "
                "also \"Stride across\" and \"Padding\"",
                name_, i + 1, printable(fields_[i], 40));
        // A misprint of several published tables: "IFMAP Width" twice, the height first.
        if (column == Column::width && has(Column::width) && !has(Column::height))
            columns_[placeOf(Column::width)] = Column::height;
        if (has(*column))
            return inputError("cannot read {}: row 1, column {}: a second column of \"{}\"", name_,
                              i + 1, titleOf(*column));
        columns_.push_back(*column);
        return {};
    }

    Result<void> checkColumns(std::span<const Column> needs, std::span<const Column> may) const
    {
        for (const Column column : needs)
            if (!has(column))
                return inputError("cannot read {}: row 1 has no column \"{}\"", name_,
                                  titleOf(column));
        for (const Column column : columns_)
            if (!std::ranges::count(needs, column) && !std::ranges::count(may, column))
                return inputError(
                    "cannot read {}: row 1: \"{}\" does not belong into a table of {}", name_,
                    titleOf(column), gemm_ ? "matrix products" : "convolutions");
        return {};
    }

    bool has(Column column) const { return std::ranges::count(columns_, column) > 0; }

    std::size_t placeOf(Column column) const
    {
        return static_cast<std::size_t>(std::ranges::find(columns_, column) - columns_.begin());
    }

    // Padding may be none; all other numbers are at least 1.
    Result<std::int64_t> number(Column column) const
    {
        const std::size_t place = placeOf(column);
        const int least = column == Column::padding ? 0 : 1;
        const auto value = parseInteger(fields_[place]);
        if (!value || *value < least || *value > kLargestSize)
            return inputError(
                "cannot read {}: row {}, column {} ({}): \"{}\" is not a whole number "
                "from {} to {}",
                name_, row_, place + 1, titleOf(column), printable(fields_[place], 40), least,
                kLargestSize);
        return *value;
    }

    Result<void> checkFields() const
    {
        const std::size_t expected = columns_.size();
        if (fields_.size() < expected)
            return inputError(
                "cannot read {}: row {}, column {}: nothing there, {} columns expected", name_,
                row_, fields_.size() + 1, expected);
        if (fields_.size() > expected)
            return inputError("cannot read {}: row {}, column {}: one column too many, {} expected",
                              name_, row_, expected + 1, expected);
        const std::string_view name = layerName();
        const bool plain = std::ranges::all_of(
            name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
        if (name.empty() || name.size() > kLongestName || !plain)
            return inputError("cannot read {}: row {}, column {} (name): a name of at most {} "
                              "printable characters "
                              "expected",
                              name_, row_, placeOf(Column::name) + 1, kLongestName);
        return {};
    }

    std::string_view layerName() const { return fields_[placeOf(Column::name)]; }

    Result<Layer> checked(Layer layer) const
    {
        if (const auto sound = check({std::string(name_), {}, {layer}}); !sound)
            return inputError("cannot read {}: row {}, column 2: {}", name_, row_,
                              sound.error().message);
        // A table has no column for it, and the names of vision transformers say it.
        if (layer.shape.name.find(".mlp.") != std::string::npos)
            layer.shape.part = model::Part::mlp;
        return layer;
    }

    Result<Layer> product() const
    {
        VITRINE_CHECK(checkFields());
        VITRINE_TRY(const auto m, number(Column::m));
        VITRINE_TRY(const auto n, number(Column::n));
        VITRINE_TRY(const auto k, number(Column::k));
        return checked({.shape = model::linearShape(std::string(layerName()), m, k, n, false)});
    }

    Result<void> checkBatch() const
    {
        VITRINE_TRY(const auto batch,
                    has(Column::batch) ? number(Column::batch) : Result<std::int64_t>(1));
        if (batch != 1)
            return inputError("cannot read {}: row {}, column {} (batch size): {} pictures at once "
                              "are not simulated, 1 expected",
                              name_, row_, placeOf(Column::batch) + 1, batch);
        return {};
    }

    Result<std::int64_t> paddingOfRow() const
    {
        return has(Column::padding) ? number(Column::padding) : std::int64_t{0};
    }

    // A side of the map with its padding, which the filter must fit into.
    Result<std::int64_t> paddedSide(Column side, Column filterSide, std::int64_t padding) const
    {
        VITRINE_TRY(const auto map, number(side));
        VITRINE_TRY(const auto filter, number(filterSide));
        const std::int64_t padded = map + 2 * padding;
        if (filter > padded)
            return inputError("cannot read {}: row {}, column {} ({}): the filter of {} is "
                              "larger than the map of {} "
                              "(which includes the padding)",
                              name_, row_, placeOf(filterSide) + 1, titleOf(filterSide), filter,
                              padded);
        return padded;
    }

    Result<Layer> convolution() const
    {
        VITRINE_CHECK(checkFields());
        VITRINE_CHECK(checkBatch());
        VITRINE_TRY(const std::int64_t padding, paddingOfRow());
        VITRINE_TRY(const auto paddedHeight,
                    paddedSide(Column::height, Column::filterHeight, padding));
        VITRINE_TRY(const auto paddedWidth,
                    paddedSide(Column::width, Column::filterWidth, padding));
        VITRINE_TRY(const auto filterHeight, number(Column::filterHeight));
        VITRINE_TRY(const auto filterWidth, number(Column::filterWidth));
        VITRINE_TRY(const auto channels, number(Column::channels));
        VITRINE_TRY(const auto filters, number(Column::filters));
        VITRINE_TRY(const auto strideDown, number(Column::stride));
        VITRINE_TRY(const auto strideAcross,
                    number(has(Column::strideAcross) ? Column::strideAcross : Column::stride));
        const std::int64_t height = paddedHeight - 2 * padding, width = paddedWidth - 2 * padding;
        const bool depthwise = layerName().find("DP") != std::string_view::npos;
        const std::int64_t groups = depthwise ? channels : 1;
        const std::int64_t outHeight =
            ceilDivide(paddedHeight - filterHeight + strideDown, strideDown);
        const std::int64_t outWidth =
            ceilDivide(paddedWidth - filterWidth + strideAcross, strideAcross);
        if (outHeight > kLargestSize / outWidth || filterHeight > kLargestSize / filterWidth ||
            filterHeight * filterWidth > kLargestSize / (channels / groups) ||
            filters > kLargestSize / groups)
            return inputError("cannot read {}: row {}, column 2: the layer has more than {} output "
                              "pixels or weights per "
                              "filter",
                              name_, row_, kLargestSize);
        Layer layer;
        layer.shape.name = std::string(layerName());
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
    std::vector<Column> columns_;
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
