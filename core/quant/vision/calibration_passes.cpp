#include "core/quant/vision/calibration_passes.h"

#include "core/model/vision/kernel_shape.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using model::ConvShape;
using model::LayerShape;

// Whether a layer is one product of the rows that it reads.
bool isOneProduct(const LayerShape& shape)
{
    return shape.weights &&
           (shape.conv.inChannels == 0 ||
            (shape.conv.groups == 1 && shape.conv.kernelHeight == shape.conv.strideHeight &&
             shape.conv.kernelWidth == shape.conv.strideWidth));
}

Matrix mapOf(std::span<const float> values, std::int64_t columns)
{
    return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
               values.data(), static_cast<Eigen::Index>(values.size()) / columns, columns)
        .cast<double>();
}

// Sums of squares of what the products read, while pictures go by.
class ReadRows
{
public:
    explicit ReadRows(const model::Network& network)
        : network_(network), sums_(network.layers.size()), rows_(network.layers.size())
    {
    }

    // `values` is what layer `from` gave; -1: the picture.
    void see(std::ptrdiff_t from, std::span<const float> values, std::int64_t columns)
    {
        for (std::size_t i = 0; i < sums_.size(); ++i) {
            const model::NetworkLayer& layer = network_.layers[i];
            const bool isRead = from < 0 ? layer.inputs.empty()
                                         : !layer.inputs.empty() &&
                                               layer.inputs[0] == static_cast<std::size_t>(from);
            if (!isRead || !isOneProduct(layer.shape))
                continue;
            const bool isMap = layer.shape.conv.inChannels > 0;
            std::vector<float> patches;
            if (isMap) {
                const Matrix rows = convolutionRows(layer.shape.conv, 0, mapOf(values, columns));
                patches.assign(rows.data(), rows.data() + rows.size());
            }
            const std::span<const float> read = isMap ? std::span<const float>(patches) : values;
            if (!sums_[i])
                sums_[i].emplace(layer.shape.k);
            sums_[i]->add(read);
            rows_[i] = static_cast<std::int64_t>(read.size()) / layer.shape.k;
        }
    }
    Matrix meanSquare(std::size_t layer) const
    {
        return sums_[layer] ? Matrix(sums_[layer]->mean() / static_cast<double>(rows_[layer]))
                            : Matrix();
    }

private:
    const model::Network& network_;
    std::vector<std::optional<HessianSum>> sums_;
    std::vector<std::int64_t> rows_; // of a picture
};

void include(SeenLayer& seen, std::span<const float> values, std::int64_t columns)
{
    seen.range.include(values);
    seen.channelMost.resize(static_cast<std::size_t>(columns));
    for (std::size_t i = 0; i < values.size(); ++i) {
        double& most = seen.channelMost[i % static_cast<std::size_t>(columns)];
        most = std::max(most, std::abs(static_cast<double>(values[i])));
    }
}

} // namespace

Result<CalibrationPasses>
CalibrationPasses::open(std::shared_ptr<const model::VisionCheckpoint> checkpoint,
                        const std::vector<std::vector<float>>& pictures)
{
    if (pictures.empty())
        return argumentError("scales are chosen on training pictures, and there are none");
    VITRINE_TRY(auto opened,
                model::VisionModel::open(std::move(checkpoint), {.activationsApart = true}));
    return CalibrationPasses(std::move(opened), pictures);
}

Result<void> CalibrationPasses::run(const std::function<void(const model::LayerOutput&)>& told,
                                    const std::function<bool(double share)>& progress) const
{
    for (std::size_t i = 0; i < pictures_->size(); ++i) {
        if (progress && !progress(static_cast<double>(i) / static_cast<double>(pictures_->size())))
            return cancelled();
        VITRINE_TRY([[maybe_unused]] const auto logits,
                    model_.run((*pictures_)[i], {.observe = told}));
    }
    return {};
}

Result<SeenNetwork> seeNetwork(const CalibrationPasses& passes,
                               const std::function<bool(double share)>& progress)
{
    SeenNetwork seen;
    seen.layers.resize(passes.network().layers.size());
    ReadRows rows(passes.network());
    const std::int64_t channels = passes.network().layers.front().shape.conv.inChannels;
    for (const std::vector<float>& picture : passes.pictures()) {
        seen.picture.include(picture);
        rows.see(-1, picture, channels);
    }
    VITRINE_CHECK(passes.run(
        [&](const model::LayerOutput& output) {
            include(seen.layers[output.layer], output.values, output.columns);
            rows.see(static_cast<std::ptrdiff_t>(output.layer), output.values, output.columns);
        },
        progress));
    for (std::size_t i = 0; i < seen.layers.size(); ++i)
        seen.layers[i].meanSquare = rows.meanSquare(i);
    return seen;
}

Matrix convolutionRows(const ConvShape& s, std::int64_t group, const Matrix& map)
{
    const kernels::ConvolutionShape shape = model::kernelShape(s);
    const std::int64_t channels = s.inChannels / s.groups, area = s.kernelHeight * s.kernelWidth;
    Matrix rows = Matrix::Zero(s.outHeight * s.outWidth, channels * area);
    for (std::int64_t pixel = 0; pixel < rows.rows(); ++pixel)
        for (std::int64_t i = 0; i < area; ++i) {
            const std::int64_t row = pixel / s.outWidth * s.strideHeight - shape.top +
                                     i / s.kernelWidth,
                               column = pixel % s.outWidth * s.strideWidth - shape.left +
                                        i % s.kernelWidth;
            if (row < 0 || row >= s.inHeight || column < 0 || column >= s.inWidth)
                continue;
            for (std::int64_t c = 0; c < channels; ++c)
                rows(pixel, c * area + i) = map(row * s.inWidth + column, group * channels + c);
        }
    return rows;
}

} // namespace vitrine::quant
