#include "core/superres/blur/degradation.h"

#include "core/base/parallel.h"
#include "core/superres/picture/last_rows.h"
#include "core/superres/picture/resampling.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

constexpr std::int64_t kBlock = 8;

std::int64_t wholeBlocks(std::int64_t count)
{
    return (count + kBlock - 1) / kBlock * kBlock;
}

// A row with `reach` reflected pixels at each side, sorted by what is left of their place over the
// step: so the pixels under one weight lie close together.
class Phases
{
public:
    Phases(const RowSource& source, std::int64_t reach, std::int64_t step)
        : source_(source),
          reach_(reach),
          step_(step),
          length_(wholeBlocks(((source.width + 2 * reach) / step + 1) * source.channels) + kBlock)
    {
    }

    // As a source of one channel.
    RowSource rows() const
    {
        return {length_ * step_, source_.height, 1,
                [*this](std::int64_t y, double* row) { write(y, row); }};
    }

    // Where in a row the pixels begin that stand `offset` from the left end of the kernel.
    std::int64_t begin(std::int64_t offset) const
    {
        return offset % step_ * length_ + offset / step_ * source_.channels;
    }

private:
    void write(std::int64_t y, double* row) const
    {
        const std::int64_t channels = source_.channels;
        std::vector<double> plain(static_cast<std::size_t>(source_.width * channels));
        source_.read(y, plain.data());
        std::fill_n(row, length_ * step_, 0.0);
        for (std::int64_t x = 0; x < source_.width + 2 * reach_; ++x)
            std::copy_n(plain.data() + reflected(x - reach_, source_.width) * channels, channels,
                        row + begin(x));
    }

    const RowSource& source_;
    std::int64_t reach_, step_, length_;
};

// sum += weight * row, `count` a multiple of kBlock.
void addRow(double weight, const double* __restrict row, double* __restrict sum, std::int64_t count)
{
    for (std::int64_t block = 0; block < count; block += kBlock)
        for (std::int64_t i = block; i < block + kBlock; ++i)
            sum[i] += weight * row[i];
}

struct PlacedWeight {
    double weight;
    std::int64_t up, right; // of the pixel that it weighs, from where the kernel begins
};

// Turned by half, without the weights that are lost in a double beside the others.
std::vector<PlacedWeight> turned(const BlurKernel& kernel)
{
    constexpr double kLost = 1e-18;
    std::vector<PlacedWeight> weights;
    for (std::int64_t y = 0; y < kernel.side; ++y)
        for (std::int64_t x = 0; x < kernel.side; ++x)
            if (const double weight = kernel.at(kernel.side - 1 - x, kernel.side - 1 - y);
                std::abs(weight) > kLost)
                weights.push_back({weight, y, x});
    return weights;
}

// Pixels 0, step, 2 step, ... of the convolution, in both directions.
void convolve(const RowSource& source, const BlurKernel& kernel, std::int64_t step,
              const RowSink& sink, int threads)
{
    const std::int64_t reach = kernel.side / 2;
    const Phases phases(source, reach, step);
    const RowSource rows = phases.rows();
    const std::vector<PlacedWeight> weights = turned(kernel);
    const std::int64_t count = wholeBlocks(source.width / step * source.channels);

    constexpr std::int64_t kBand = 16;
    const std::int64_t height = source.height / step;
    parallelFor(
        static_cast<std::size_t>((height + kBand - 1) / kBand),
        [&](std::size_t band) {
            LastRows last(rows, static_cast<std::size_t>(kernel.side));
            std::vector<double> sum(static_cast<std::size_t>(count));
            const auto first = static_cast<std::int64_t>(band) * kBand;
            for (std::int64_t y = first; y < std::min(height, first + kBand); ++y) {
                std::ranges::fill(sum, 0.0);
                for (const PlacedWeight& each : weights) {
                    const double* row =
                        last.row(reflected(y * step - reach + each.up, source.height));
                    addRow(each.weight, row + phases.begin(each.right), sum.data(), count);
                }
                sink(y, sum.data());
            }
        },
        threads);
}

Result<void> checkMultiple(std::int64_t width, std::int64_t height, std::int64_t scale)
{
    if (scale < 1)
        return argumentError("a picture is made 1 time smaller or more, not {}", scale);
    if (width % scale != 0 || height % scale != 0)
        return argumentError("the sides of {} x {} pixels are no multiples of {}", width, height,
                             scale);
    return {};
}

} // namespace

void degrade(const RowSource& source, const BlurKernel& kernel, std::int64_t scale,
             Sampling sampling, const RowSink& sink, int threads)
{
    if (sampling == Sampling::direct) {
        convolve(source, kernel, scale, sink, threads);
        return;
    }
    const std::int64_t count = source.width * source.channels;
    std::vector<double> blurred(static_cast<std::size_t>(count * source.height));
    convolve(
        source, kernel, 1,
        [&](std::int64_t y, const double* row) {
            std::copy_n(row, count, blurred.data() + y * count);
        },
        threads);
    resample(rowsOf(blurred, source.width, source.height, source.channels), source.width / scale,
             source.height / scale, Filter::bicubic, sink, threads);
}

Result<Picture> degraded(const Picture& picture, const BlurKernel& kernel, std::int64_t scale,
                         Sampling sampling, int threads)
{
    VITRINE_CHECK(checkMultiple(picture.width, picture.height, scale));
    Picture small{picture.width / scale, picture.height / scale, picture.channels, {}};
    small.values.resize(static_cast<std::size_t>(small.width * small.height * small.channels));
    degrade(rowsOf(picture), kernel, scale, sampling, into(small), threads);
    return small;
}

Result<Image> degraded(const Image& image, const BlurKernel& kernel, std::int64_t scale,
                       Sampling sampling, int threads)
{
    VITRINE_CHECK(checkMultiple(image.width, image.height, scale));
    Image small = blankImage(image.width / scale, image.height / scale);
    degrade(rowsOf(image), kernel, scale, sampling, into(small), threads);
    return small;
}

} // namespace vitrine::superres
